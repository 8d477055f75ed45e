"""Resources against the schemas of their types, by AWS's validator in a process of its own, which ends when it is idle.

With the schemas of all resource types it takes 200 MB, more than everything else here together.
"""

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from typing import Any

from local_aws.platform.service import ServiceError
from local_aws.process.server_record import PROJECT_FOLDER

_IDLE_SECONDS = 20.0
_ATTEMPTS = 2
_COMMAND = [sys.executable, "-P", "-m", "local_aws.cloudformation.template_gate.validating"]


class Validator:
    """Checks templates, one after another; its methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._end = threading.Timer(0, self._close)

    def warm_up(self) -> None:
        """Have the process ready for the template that comes soon."""
        with self._lock:
            self._started()

    def check(self, text: str) -> None:
        """Raise ``ServiceError`` ValidationError where a resource of the template does not fit its type."""
        with self._lock:
            refusal = self._asked(text)
        if refusal is not None:
            raise ServiceError(refusal[0], refusal[1])

    def _asked(self, text: str) -> list[str] | None:
        for _ in range(_ATTEMPTS):
            process = self._started()
            if process.stdin is None or process.stdout is None:
                break
            with suppress(BrokenPipeError):
                process.stdin.write(f"{json.dumps(text)}\n")
                process.stdin.flush()
            answer = process.stdout.readline()
            if answer:
                refusal: list[str] | None = json.loads(answer)
                return refusal
            # It was killed: another one may fare better.
            self._closed()
        raise ServiceError("InternalFailure", "AWS's validator of templates ended without an answer.", 500)

    def _started(self) -> "subprocess.Popen[str]":
        self._end.cancel()
        self._end = threading.Timer(_IDLE_SECONDS, self._close)
        self._end.daemon = True
        self._end.start()
        if self._process is None:
            self._process = subprocess.Popen(
                _COMMAND,
                cwd=PROJECT_FOLDER,
                env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        return self._process

    def _close(self) -> None:
        with self._lock:
            if self._end is threading.current_thread():
                self._closed()

    def _closed(self) -> None:
        """End the process by ending its input, as it ends by itself where ours is killed."""
        if self._process is not None:
            with suppress(BrokenPipeError):
                self._process.communicate()
            self._process = None


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
    from cloudformation_validate import Severity, TemplateContent, ValidateConfig  # noqa: PLC0415 - the same

    report = engine().validate_template(TemplateContent(text), ValidateConfig())
    found = [
        finding
        for finding in report.diagnostics
        if finding.severity == Severity.FATAL or finding.rule_id in _ALSO_REFUSED
    ]
    unknown = sorted({_quoted(finding.message) for finding in found if finding.rule_id == _UNKNOWN_TYPE})
    if unknown:
        raise ServiceError(
            "ValidationError", f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
        )
    if found:
        raise ServiceError("ValidationError", _worded(found[0]))


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
