"""F1020, E3005 and their kin: the resources that a module makes are not known; they are called after the module.

``Network`` of a type ``...::MODULE`` makes ``NetworkVpc`` of its resource ``Vpc``; ``Network.Vpc`` is the same.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/module-ref-resources.html
"""

import re

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("F1020", "F1018", "E1010", "E1019", "E1020", "E3005", "E6101")
NAME = re.compile(r"'(?:\$\{)?([A-Za-z0-9]+)")
"""What is said not to be there stands first in quotes."""
MODULE = "::MODULE"


def corrected(finding: Finding, document: Document) -> Finding | None:
    named = NAME.search(finding.sentence)
    resources = document.root.get("Resources") if isinstance(document.root, dict) else None
    if named is None or not isinstance(resources, dict):
        return finding
    modules = [name for name, one in resources.items() if isinstance(one, dict) and _is_module(one.get("Type"))]
    return None if any(named[1].startswith(str(module)) for module in modules) else finding


def _is_module(kind: object) -> bool:
    return isinstance(kind, str) and kind.endswith(MODULE)
