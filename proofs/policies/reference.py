"""What AWS's Service Authorization Reference says of actions: which take no resource.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html,
in the form in which cfn-lint, which is installed here, carries it.
"""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SOURCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"


@lru_cache(maxsize=1)
def _services() -> dict[str, Any]:
    # Found without importing it: cfn-lint takes a second to load, and its data are a file.
    package = find_spec("cfnlint")
    if package is None or package.origin is None:
        return {}
    data = Path(package.origin).parent / "data" / "AdditionalSpecs" / "Policies.json"
    found: dict[str, Any] = json.loads(data.read_bytes())
    return found


def takes_no_resource(action: str) -> bool:
    """Tell whether a policy can allow ``action`` on ``*`` alone; not so for what the reference does not know."""
    service, _, name = action.lower().partition(":")
    known = _services().get(service, {}).get("Actions", {}).get(name)
    return known is not None and not known.get("Resources")
