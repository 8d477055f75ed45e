"""The templates of `build/`, with the changes that a scenario asks for, and with clocks that tick faster."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from settings.root import PROJECT_ROOT
from tests.scenarios.scenario import Templates
from tests.templates_src.systems import documents_of

SERVICE, PIPELINE = "cruddur-backend-flask.json", "cruddur-backend-flask-pipeline.json"
APPROVE = {
    "Name": "Approve",
    "Actions": [
        {
            "Name": "Approve",
            "ActionTypeId": {"Category": "Approval", "Owner": "AWS", "Provider": "Manual", "Version": "1"},
            "RunOrder": 1,
        }
    ],
}
Document = dict[str, Any]


def write(folder: Path, wanted: Templates) -> Path:
    """Write a build folder like the project's; give its path."""
    build = folder / "build"
    shutil.copytree(PROJECT_ROOT / "build", build)
    if wanted.settings:
        for name, content in documents_of(folder, tuple(wanted.settings)).items():
            (build / name).write_bytes(content)
    service, pipeline = _read(build / SERVICE), _read(build / PIPELINE)
    _hurry(service["Resources"])
    _shape(pipeline["Resources"]["Pipeline"]["Properties"], wanted)
    if not wanted.openapi:
        told = pipeline["Resources"]["VerifyProject"]["Properties"]["Environment"]["EnvironmentVariables"]
        told[:] = [one for one in told if one["Name"] != "OPENAPI_PATH"]
    for named in wanted.without:
        _leave_out(pipeline["Resources"], *named.split("."))
    (build / SERVICE).write_text(json.dumps(service))
    (build / PIPELINE).write_text(json.dumps(pipeline))
    return build


def _read(path: Path) -> Document:
    document: Document = json.loads(path.read_text())
    return document


def _hurry(resources: Document) -> None:
    """Look at the service's health as often as AWS allows, and wait for nothing that no test request needs."""
    targets = resources["BackendFlaskTargetGroup"]["Properties"]
    targets.update(HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, UnhealthyThresholdCount=2)
    (drain,) = targets["TargetGroupAttributes"]
    drain["Value"] = "1"
    (container,) = resources["BackendFlaskTaskDefinition"]["Properties"]["ContainerDefinitions"]
    container["HealthCheck"].update(Interval=5, Timeout=3, Retries=1, StartPeriod=0)
    container["StopTimeout"] = 2
    resources["BackendFlaskService"]["Properties"]["HealthCheckGracePeriodSeconds"] = 0


def _shape(pipeline: Document, wanted: Templates) -> None:
    stages = [stage for stage in pipeline["Stages"] if stage["Name"] in wanted.stages]
    left_out = {*([] if wanted.migrations else ["Migrate"]), *([] if wanted.verify else ["Verify"])}
    for stage in stages:
        stage["Actions"] = [action for action in stage["Actions"] if action["Name"] not in left_out]
    if wanted.approval:
        stages.insert(len(stages) - 1, APPROVE)
    pipeline.update(Stages=stages, ExecutionMode=wanted.execution_mode)


def _leave_out(resources: Document, role: str, sid: str) -> None:
    removed = [statement for policy in _policies(resources[role]) for statement in list(policy) if _is(statement, sid)]
    assert removed, f"{role} has no statement {sid}"
    for policy in _policies(resources[role]):
        policy[:] = [statement for statement in policy if not _is(statement, sid)]


def _policies(role: Document) -> Iterator[list[Document]]:
    return (policy["PolicyDocument"]["Statement"] for policy in role["Properties"]["Policies"])


def _is(statement: Document, sid: str) -> bool:
    return bool(statement["Sid"] == sid)
