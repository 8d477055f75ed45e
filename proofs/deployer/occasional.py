"""What a deployment calls at times only, by `occasional.toml`."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proofs.deployer.behind_stacks import Needed
from proofs.deployer.place import Place

_FILE = Path(__file__).with_name("occasional.toml")


def needed(manifest: Mapping[str, Any], place: Place) -> Needed:
    """Return it for the stacks of a manifest."""
    where = f"{place.region}:{place.account}"
    bucket = manifest["template_bucket"]["stack"]
    on: dict[str, Sequence[str]] = {
        "*": ["*"],
        "stack": [f"arn:{place.partition}:cloudformation:{where}:stack/{one['name']}/*" for one in manifest["stacks"]],
        "bucket": [f"arn:{place.partition}:s3:::{bucket}-*/templates/*"],
        "secret": [f"arn:{place.partition}:ssm:{where}:parameter{one['name']}" for one in manifest["secrets"]],
        "pipeline": [
            f"arn:{place.partition}:codepipeline:{where}:{one['pipeline']}{end}"
            for one in manifest["pipelines"]
            for end in ("", "/*")
        ],
    }
    found: Needed = defaultdict(set)
    for call in tomllib.loads(_FILE.read_text("utf-8"))["calls"]:
        for action in call["actions"]:
            found[action] |= {*on[call["on"]]}
    return found
