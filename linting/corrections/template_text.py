"""The text of a template, its sections, and what stands in them."""

import re

from linting.corrections.correction import about, warning
from linting.corrections.document import Document
from reporting.findings import Finding

TWICE = re.compile(r"Duplicate (?:found|key) '?\"?(.+?)\"?'?(?: \(line \d+\))?$")


@about("E0000", "F0000")
def key_given_twice(finding: Finding, document: Document) -> Finding | None:
    """E0000 and F0000: both engines refuse a key that a mapping has twice; CloudFormation takes the last."""
    said = TWICE.match(finding.sentence)
    if said is None:
        return finding
    sentence = f"{said[1]} is given more than once here; CloudFormation takes the last."
    return warning(finding, sentence)


UNREADABLE = ("YAML parse error", "JSON parse error")


@about("F1101")
def quoted_text(finding: Finding, document: Document) -> Finding | None:
    """F1101: the validator's readers refuse what YAML and CloudFormation take, as a quote at its key's column.

    JSON with a comma too many is YAML, which CloudFormation tries when a template is no JSON:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-validate-template.html
    """
    return None if finding.sentence.startswith(UNREADABLE) and document.root is not None else finding


@about("E1001", "F0005")
def hooks_section(finding: Finding, document: Document) -> Finding | None:
    """E1001 and F0005: neither engine knows the section ``Hooks`` of blue/green deployments through CodeDeploy.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/blue-green.html
    """
    return None if finding.place == "Hooks" and isinstance(document.at("Hooks"), dict) else finding


NO_DESCRIPTION = re.compile(r"'Description' was unexpected|has invalid property 'Description'")


@about("E3001", "F3001")
def resource_description(finding: Finding, document: Document) -> Finding | None:
    """E3001: neither engine knows that a resource may have a ``Description``.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    """
    steps = finding.place.split("/")
    described = len(steps) > 1 and steps[0] == "Resources" and NO_DESCRIPTION.search(finding.sentence)
    return None if described and isinstance(document.at(f"Resources/{steps[1]}/Description"), str) else finding


OF_OTHERS = re.compile(r"Resource type '((?!(?i:aws)::)[A-Za-z0-9]{2,64}(?:::[A-Za-z0-9]{2,64}){2,3})' does not exist")
"""Three parts, or four for a module, the first of which is not AWS."""


@about("E3006")
def type_of_others(finding: Finding, document: Document) -> Finding | None:
    """E3006: cfn-lint knows AWS's types alone; an account can have types of others, from the registry or by a module.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/registry.html
    """
    said = OF_OTHERS.match(finding.sentence)
    if said is None:
        return finding
    sentence = f"{said[1]} is not a type of AWS's: CloudFormation knows it where it is activated in the account."
    return warning(finding, sentence)


NAME = re.compile(r"'(?:\$\{)?([A-Za-z0-9]+)")
"""What is said not to be there stands first in quotes."""
MODULE = "::MODULE"


@about("F1020", "F1018", "E1010", "E1019", "E1020", "E3005", "E6101")
def name_in_module(finding: Finding, document: Document) -> Finding | None:
    """F1020, E3005 and their kin: the resources that a module makes are not known; they are called after the module.

    ``Network`` of a type ``...::MODULE`` makes ``NetworkVpc`` of its resource ``Vpc``; ``Network.Vpc`` is the same.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/module-ref-resources.html
    """
    named = NAME.search(finding.sentence)
    resources = document.root.get("Resources") if isinstance(document.root, dict) else None
    if named is None or not isinstance(resources, dict):
        return finding
    modules = [name for name, one in resources.items() if isinstance(one, dict) and _is_module(one.get("Type"))]
    return None if any(named[1].startswith(str(module)) for module in modules) else finding


def _is_module(kind: object) -> bool:
    return isinstance(kind, str) and kind.endswith(MODULE)
