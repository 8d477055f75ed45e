"""E3001 to E3037: cfn-lint has schemas of its own for what SAM's resources hold, which SAM does not check itself.

Its translator refuses a property of a resource that it does not know; below those, it reads what it needs and passes
over the rest, such as the ``Description`` of an event. It does not choose among schemas for a property's value either:
``EndpointConfiguration: Regional`` is handed on.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
"""

from collections.abc import Mapping
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS = tuple(f"E30{number:02}" for number in (2, 3, 12, 14, 17, 18, 20, 21, 30, 31, 32, 33, 34, 37))
CHOICES = ("E3017", "E3018")
"""cfn-lint's ids for a value that none of several schemas takes."""
PROPERTY = 4
"""Steps of the place of a resource's property: Resources, its name, Properties, the property's name."""


def corrected(finding: Finding, document: Document) -> Finding | None:
    steps = finding.place.split("/")
    resource = document.at("/".join(steps[:2]))
    kind = resource.get("Type") if isinstance(resource, Mapping) else None
    nearest = PROPERTY if finding.id in CHOICES else PROPERTY + 1
    if len(steps) < nearest or not str(kind).startswith("AWS::Serverless::"):
        return finding
    sentence = f"{finding.sentence.rstrip('.')}; SAM may take it all the same."
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING, sentence=sentence)
