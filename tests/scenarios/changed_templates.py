"""The templates of `build/`, with the changes that a scenario asks for, and with clocks that tick faster."""

import json
import shutil
from pathlib import Path

from proofs.rehearsal.builds import Document, hurry, rewritten, without, without_openapi
from settings.root import BUILD
from tests.scenarios.scenario import Templates
from tests.templates_src.systems import documents_of

PIPELINE = "cruddur-backend-flask-pipeline.json"
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


def write(folder: Path, wanted: Templates) -> Path:
    """Write a build folder like the project's; give its path."""
    made = folder / "made"
    shutil.copytree(BUILD, made)
    if wanted.settings:
        for name, content in documents_of(folder, tuple(wanted.settings)).items():
            (made / name).write_bytes(content)
    fitting = [hurry] if wanted.openapi else [hurry, without_openapi]
    build = rewritten(made, folder / "build", *fitting, *(without(*named.split(".")) for named in wanted.without))
    for named in wanted.without:
        assert f'"Sid": "{named.partition(".")[2]}"' in (made / PIPELINE).read_text(), f"there is no statement {named}"
    pipeline: Document = json.loads((build / PIPELINE).read_text())
    _shape(pipeline["Resources"]["Pipeline"]["Properties"], wanted)
    (build / PIPELINE).write_text(json.dumps(pipeline))
    return build


def _shape(pipeline: Document, wanted: Templates) -> None:
    stages = [stage for stage in pipeline["Stages"] if stage["Name"] in wanted.stages]
    left_out = {*([] if wanted.migrations else ["Migrate"]), *([] if wanted.verify else ["Verify"])}
    for stage in stages:
        stage["Actions"] = [action for action in stage["Actions"] if action["Name"] not in left_out]
    if wanted.approval:
        stages.insert(len(stages) - 1, APPROVE)
    pipeline.update(Stages=stages, ExecutionMode=wanted.execution_mode)
