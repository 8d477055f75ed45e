"""E0001: the validator misreads two things of SAM, which AWS's translator takes.

A function whose ``DeploymentPreference`` is off needs no alias, and an event may have a property that is there.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
"""

import re
from collections.abc import Mapping

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E0001",)
NO_ALIAS = "'DeploymentPreference' requires AutoPublishAlias"
MISSING = re.compile(r"Missing required property '(\w+)'")
OFF = (False, "false", "False")


def corrected(finding: Finding, document: Document) -> Finding | None:
    there = document.at(finding.place)
    if not isinstance(there, Mapping):
        return finding
    preference = there.get("DeploymentPreference")
    if NO_ALIAS in finding.sentence and isinstance(preference, Mapping) and preference.get("Enabled") in OFF:
        return None
    missing, properties = MISSING.search(finding.sentence), there.get("Properties")
    return None if missing and isinstance(properties, Mapping) and missing[1] in properties else finding
