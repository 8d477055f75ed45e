"""What the validator says of a value that an ``Fn::If`` decides: it looks at each branch without the others.

cfn-lint, which looks at the same rules, follows the conditions.
"""

from linting.corrections.document import Document, is_decided_later
from reporting.findings import Finding

IDS: tuple[str, ...] = ()
OF_VALUES = ("E3", "F3", "E90")
"""How the ids begin of rules about values."""


def corrected(finding: Finding, document: Document) -> Finding | None:
    of_value = finding.id.startswith(OF_VALUES)
    return None if of_value and is_decided_later(document.at(finding.place)) else finding
