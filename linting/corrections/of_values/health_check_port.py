"""E3049: cfn-lint wants ``HealthCheckPort: traffic-port`` beside a dynamic host port; that is the default.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from collections.abc import Mapping

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E3049",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    above, _, name = finding.place.rpartition("/")
    holder = document.at(above)
    return None if isinstance(holder, Mapping) and name not in holder else finding
