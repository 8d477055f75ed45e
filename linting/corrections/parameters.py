"""Parameters, and what their defaults are taken for."""

import re
from dataclasses import replace

from lint_rules.model.wording import BY_DEFAULT
from linting.corrections.correction import about, warning
from linting.corrections.document import Document
from reporting.findings import Finding, Severity


@about("W2509")
def address_of_secret(finding: Finding, document: Document) -> Finding | None:
    """W2509: the validator takes any parameter whose name has a secret's in it for one; the ARN of a secret is none."""
    return None if finding.place.lower().endswith("arn") else finding


NOT_ALLOWED = "Default should be a value within AllowedValues"


@about("E2015")
def default_as_text(finding: Finding, document: Document) -> Finding | None:
    """E2015: cfn-lint misses a default among allowed values that are written otherwise; CloudFormation reads texts.

    ``Default: '-1'`` is one of ``AllowedValues: [-1, 1]``, and ``Default: true`` one of ``['true', 'false']``.
    """
    parameter = document.at("/".join(finding.place.split("/")[:2]))
    if finding.sentence != NOT_ALLOWED or not isinstance(parameter, dict):
        return finding
    allowed, default = parameter.get("AllowedValues"), _text(parameter.get("Default"))
    return None if isinstance(allowed, list) and default in map(_text, allowed) else finding


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


EMPTY = ("'' ", "[''] ")
"""How sentences begin about a value that comes to nothing."""


@about()
def empty_default(finding: Finding, document: Document) -> Finding | None:
    """Drop what the validator says of a parameter's empty default, which stands for "none is given"."""
    if finding.sentence.startswith(EMPTY) and document.at(finding.place) not in ("", [""]):
        return None
    return finding


@about("E3680", "E3703")
def default_of_nothing(finding: Finding, document: Document) -> Finding | None:
    """E3680 and E3703: cfn-lint judges a parameter's empty default, which stands for "none is given"."""
    value = document.at(finding.place)
    name = value.get("Ref") if isinstance(value, dict) else None
    return None if name and document.at(f"Parameters/{name}/Default") == "" else finding


OF_THIS_PROJECT = re.compile("E9[1-9]")


@about()
def default_of_parameter(finding: Finding, document: Document) -> Finding | None:
    """E9101 to E9999: a rule of ours, unlike cfn-lint's, takes a parameter's default for the value that is deployed.

    Whoever deploys may give another, and a default is often there to be replaced: it is a warning.
    """
    value = document.at(finding.place) if OF_THIS_PROJECT.match(finding.id) else None
    name = value.get("Ref") if isinstance(value, dict) else None
    parameter = document.at(f"Parameters/{name}") if isinstance(name, str) else None
    if not isinstance(parameter, dict) or "Default" not in parameter or "Type" not in parameter:
        return _weaker(finding, finding.sentence) if BY_DEFAULT in finding.sentence else finding
    sentence = finding.sentence.replace(BY_DEFAULT, "").rstrip(".")
    return _weaker(finding, f"{sentence}, with the default of {name}.")


def _weaker(finding: Finding, sentence: str) -> Finding:
    if finding.severity is not Severity.ERROR:
        return replace(finding, sentence=sentence)
    return warning(finding, sentence)
