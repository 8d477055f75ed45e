"""Resources against the schemas of their types, by AWS's own offline validator (PyPI ``cloudformation-validate``)."""

import re
from functools import cache
from typing import Any

from linting.corrections.correct import is_right
from linting.corrections.document import Document
from linting.engines.validator import row
from local_aws.platform.service import ServiceError
from reporting.findings import Finding, Severity

_UNKNOWN_ATTRIBUTE, _UNKNOWN_TYPE, _NO_RESOURCES = "E9004", "F3006", "F0001"
_QUOTED = re.compile("'([^']*)'")
_ALSO_REFUSED = frozenset({_UNKNOWN_ATTRIBUTE, "E3001"})
"""Of the validator's errors that are not fatal, those that CloudFormation refuses before it makes anything."""


@cache
def engine() -> Any:  # noqa: ANN401 - made by the package's bindings, which have no useful types
    """Make the validator, which takes a quarter of a second, once."""
    from cloudformation_validate import CelEngine, EngineConfig  # noqa: PLC0415 - loaded beside the start, not in it

    return CelEngine(EngineConfig())


def check_schemas(text: str) -> None:
    """Raise ``ServiceError`` ValidationError where a resource does not fit its type, worded as CloudFormation does."""
    import cloudformation_validate as validate  # noqa: PLC0415 - the same

    report, document = (
        engine().validate_template(validate.TemplateContent(text), validate.ValidateConfig()),
        Document(text.encode()),
    )
    found = [
        finding
        for finding in report.diagnostics
        if (finding.severity == validate.Severity.FATAL or finding.rule_id in _ALSO_REFUSED)
        and _is_right(finding, document)
    ]
    unknown = sorted({_quoted(finding.message) for finding in found if finding.rule_id == _UNKNOWN_TYPE})
    if unknown:
        raise ServiceError(
            "ValidationError", f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
        )
    if found:
        raise ServiceError("ValidationError", _worded(found[0]))


def _is_right(diagnostic: Any, document: Document) -> bool:  # noqa: ANN401 - of the package's bindings
    members = row(diagnostic)
    return is_right(Finding(file="", **{**members, "severity": Severity(members["severity"])}), document)


def _worded(finding: Any) -> str:  # noqa: ANN401
    message, rule = str(finding.message), finding.rule_id
    logical_id = finding.entity.logical_id if finding.entity else ""
    name = _quoted(message)
    steps = str(finding.property_path or "").split(".")[1:]
    path = "/".join(steps)
    reasons = {
        "F3002": f"{'/'.join(['#', *steps[:-1]])}: extraneous key [{name}] is not permitted",
        "F3003": f"{'/'.join(['#', *steps])}: required key [{name}] not found",
    }
    if rule == _NO_RESOURCES:
        return "Template format error: At least one Resources member must be defined."
    if rule == _UNKNOWN_ATTRIBUTE:
        return f"Template error: resource {logical_id}: attribute {name} does not exist: {message}"
    if rule == "E3001":
        return f"Invalid template resource property '{_second_quoted(message)}'"
    if finding.entity is None or not str(finding.property_path or "").startswith("Properties"):
        return f"Template format error: {message}" + (f" ({logical_id})" if logical_id else "")
    reason = reasons.get(rule, f"#/{path}: {message}")
    return f"Properties validation failed for resource {logical_id} with message:\n{reason}"


def _quoted(message: str) -> str:
    found = _QUOTED.search(message)
    return found.group(1) if found else message


def _second_quoted(message: str) -> str:
    quoted: list[str] = _QUOTED.findall(message)
    return quoted[1] if len(quoted) > 1 else message
