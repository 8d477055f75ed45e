"""E3027: cfn-lint wants the ``?`` of a cron expression in a day; EventBridge runs rules that have it elsewhere.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = ("E3027",)
BOTH = "specifies both Day-of-month and Day-of-week"


def corrected(finding: Finding, document: Document) -> Finding | None:
    expression = document.at(finding.place)
    if BOTH not in finding.sentence or not isinstance(expression, str) or "?" not in expression:
        return finding
    sentence = f"{expression} has its ? in neither day, which EventBridge does not document"
    return replace(finding, id="W3027", severity=Severity.WARNING, sentence=sentence)
