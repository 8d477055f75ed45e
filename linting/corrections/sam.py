"""What the engines get wrong about templates of SAM, the Serverless Application Model."""

import re
from collections.abc import Mapping

from linting.corrections.correction import about, warning
from linting.corrections.document import Document
from reporting.findings import Finding

NO_ALIAS = "'DeploymentPreference' requires AutoPublishAlias"
MISSING = re.compile(r"Missing required property '(\w+)'")
OFF = (False, "false", "False")


@about("E0001")
def function(finding: Finding, document: Document) -> Finding | None:
    """E0001: the validator misreads two things of SAM, which AWS's translator takes.

    A function whose ``DeploymentPreference`` is off needs no alias, and an event may have a property that is there.
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
    """
    there = document.at(finding.place)
    if not isinstance(there, Mapping):
        return finding
    preference = there.get("DeploymentPreference")
    if NO_ALIAS in finding.sentence and isinstance(preference, Mapping) and preference.get("Enabled") in OFF:
        return None
    missing, properties = MISSING.search(finding.sentence), there.get("Properties")
    return None if missing and isinstance(properties, Mapping) and missing[1] in properties else finding


GENERATED = re.compile(r"'(\w+)\.(?:Stage|Deployment|Version|Alias|DomainName|UsagePlan|ApiKey)' is not one of")


@about("F1020")
def generated_resource(finding: Finding, document: Document) -> Finding | None:
    """F1020: the validator does not know the references to what SAM generates, as ``Api.Stage``.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
    """
    name = GENERATED.match(finding.sentence)
    resource = document.at(f"Resources/{name[1]}") if name else None
    kind = resource.get("Type") if isinstance(resource, dict) else None
    return None if isinstance(kind, str) and kind.startswith("AWS::Serverless::") else finding


OF_NESTED = tuple(f"E30{number:02}" for number in (2, 3, 12, 14, 17, 18, 20, 21, 30, 31, 32, 33, 34, 37))
CHOICES = ("E3017", "E3018")
"""cfn-lint's ids for a value that none of several schemas takes."""
PROPERTY = 4
"""Steps of the place of a resource's property: Resources, its name, Properties, the property's name."""


@about(*OF_NESTED)
def nested_property(finding: Finding, document: Document) -> Finding | None:
    """E3001 to E3037: cfn-lint has schemas of its own for what SAM's resources hold, which SAM does not check itself.

    Its translator refuses a property of a resource that it does not know; below those, it reads what it needs and
    passes over the rest, such as the ``Description`` of an event. It does not choose among schemas for a property's
    value either: ``EndpointConfiguration: Regional`` is handed on.
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
    """
    steps = finding.place.split("/")
    resource = document.at("/".join(steps[:2]))
    kind = resource.get("Type") if isinstance(resource, Mapping) else None
    nearest = PROPERTY if finding.id in CHOICES else PROPERTY + 1
    if len(steps) < nearest or not str(kind).startswith("AWS::Serverless::"):
        return finding
    sentence = f"{finding.sentence.rstrip('.')}; SAM may take it all the same."
    return warning(finding, sentence)
