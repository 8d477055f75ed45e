"""An engine on its own, with an outside that tests script: the clock, the bucket, the roles and what actions do."""

import io
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

from local_aws.platform.context import Credentials
from local_aws.platform.service import Caller, Json
from local_aws.services.codepipeline.api import operations
from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.event_publisher import Announcements
from local_aws.services.codepipeline.engine.plan import TypeId
from local_aws.services.codepipeline.engine.ports import Access, ActionContext, ActionError, ActionResult, Evaluate
from local_aws.services.codepipeline.rules.deployment_window import deployment_window
from local_aws.services.codepipeline.rules.variable_check import variable_check as check
from local_aws.services.codepipeline.store.execution_rows import ExecutionStore
from local_aws.services.codepipeline.store.executions import Ledger
from local_aws.services.codepipeline.store.records import ExecutionRecord, Location, Revision
from local_aws.state.database import Database
from tests.local_aws.codepipeline.answer_shapes import shape_faults

ACCOUNT, REGION = "123456789012", "ca-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
PERSON = Caller(ACCOUNT, REGION, f"arn:aws:iam::{ACCOUNT}:user/ada")
PATIENCE = 10.0
"""Real seconds after which a test gives up waiting for the engine."""

TYPES = {
    "source": {"category": "Source", "owner": "AWS", "provider": "CodeStarSourceConnection", "version": "1"},
    "build": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
    "deploy": {"category": "Deploy", "owner": "AWS", "provider": "ECS", "version": "1"},
    "approval": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
}
RUN_HERE = [TypeId(**TYPES[kind]) for kind in TYPES]
CONFIGURATIONS = {
    "source": {"ConnectionArn": "arn:c", "FullRepositoryId": "owner/name", "BranchName": "prod"},
    "build": {"ProjectName": "project"},
    "deploy": {"ClusterName": "cruddur", "ServiceName": "backend-flask"},
    "approval": {},
}


class MovedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._conditions: set[threading.Condition] = set()

    def now(self) -> float:
        return self._now

    def wait(self, changed: threading.Condition, until: float | None) -> None:
        self._conditions.add(changed)
        if until is None or self._now < until:
            changed.wait()

    def pause(self, cancelled: threading.Event, seconds: float) -> bool:
        self.advance(seconds)
        return cancelled.is_set()

    def advance(self, seconds: float) -> None:
        self._now += seconds
        for condition in list(self._conditions):
            with condition:
                condition.notify_all()


class KeptArtifacts:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.objects: dict[Location, tuple[bytes, str]] = {}

    def put(self, location: Location, content: BinaryIO, access: Access) -> None:
        assert access.credentials().access_key_id == access.role_arn == ROLE
        self.objects[location] = (content.read(), access.encryption_key)

    def get(self, location: Location, access: Access) -> io.BytesIO:
        assert access.credentials().access_key_id == access.role_arn == ROLE
        return io.BytesIO(self.objects[location][0])


def assume_role(role_arn: str, *, through: str, pipeline_arn: str, session_name: str, execution_id: str) -> Credentials:
    assert execution_id
    return Credentials(role_arn, f"{through} {pipeline_arn}", session_name, 9e12)


class ScriptedHandler:
    """Does what a test's script says for the action: ``ok``, ``fail``, ``hold``, ``hold-fail``, or a function."""

    resumable = True

    def __init__(self, script: Mapping[str, Iterable[Any]]) -> None:
        self.steps = {name: deque(steps) for name, steps in script.items()}
        self.release: dict[str, threading.Event] = defaultdict(threading.Event)
        self.seen: list[ActionContext] = []

    def run(self, context: ActionContext) -> ActionResult:
        self.seen.append(context)
        steps = self.steps.get(context.name)
        step = steps.popleft() if steps else "ok"
        if callable(step):
            result: ActionResult = step(context)
            return result
        if step in ("hold", "hold-fail"):
            while not self.release[context.name].wait(0.01) and not context.cancelled.is_set():
                pass
        if step in ("fail", "hold-fail"):
            raise ActionError("JobFailed", f"{context.name} failed")
        for name in context.outputs:
            context.write(name, io.BytesIO(f"{context.execution_id}/{context.name}".encode()))
        if context.type.category == "Source":
            return ActionResult(variables={"CommitId": "c0ffee"}, revision=Revision("c0ffee", "a commit", created=1.0))
        return ActionResult(f"{context.name} done", external_id=f"{context.name}:1", variables={"Tag": "t1"})


class Waiting(ScriptedHandler):
    """A manual approval: its answer comes from outside."""

    def run(self, context: ActionContext) -> ActionResult:
        context.cancelled.wait()
        return ActionResult()


def action(name: str, kind: str = "build", **members: Any) -> Json:
    inputs = {"source": [], "approval": []}.get(kind, ["SourceArtifact"])
    declared = {
        "name": name,
        "actionTypeId": TYPES[kind],
        "configuration": CONFIGURATIONS[kind],
        "inputArtifacts": [{"name": each} for each in members.pop("inputs", inputs)],
        "outputArtifacts": [{"name": each} for each in members.pop("outputs", [])],
        "runOrder": 1,
    }
    return {**declared, **members}


def stage(name: str, *actions: Json, **members: Any) -> Json:
    return {"name": name, "actions": list(actions), **members}


SOURCE = stage("Source", action("Source", "source", outputs=["SourceArtifact"], namespace="SourceVariables"))


def pipeline(*stages: Json, mode: str = "QUEUED", **members: Any) -> Json:
    return {
        "name": "cruddur-backend-fargate",
        "roleArn": ROLE,
        "version": 1,
        "pipelineType": "V2",
        "executionMode": mode,
        "artifactStore": {"type": "S3", "location": "artifacts", "encryptionKey": {"id": KEY, "type": "KMS"}},
        "stages": [SOURCE, *stages],
        **members,
    }


def condition(kind: str, result: str, *rules: Json) -> Json:
    return {kind: {"conditions": [{"result": result, "rules": list(rules)}]}}


def variable_check(variable: str, value: str, operator: str = "EQ") -> Json:
    return {
        "name": "check",
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"},
        "configuration": {"Variable": variable, "Value": value, "Operator": operator},
    }


@dataclass
class Defined:
    arn: str
    structure: Json
    created: float = 1.0
    updated: float = 2.0


@dataclass
class World:
    """An engine with one pipeline, and the API in front of it."""

    folder: Path
    structure: Json
    script: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    rules: Mapping[str, Evaluate] | None = None

    def __post_init__(self) -> None:
        self.clock = MovedClock()
        self.artifacts = KeptArtifacts()
        self.handler = ScriptedHandler(self.script)
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.open()

    def open(self) -> None:
        """Start the engine, the first time or again on what it kept."""
        self.database = Database(self.folder)
        self.engine = Engine(
            Parts(
                ledger=Ledger(ExecutionStore(self.database), self.clock),
                clock=self.clock,
                announcements=Announcements(lambda kind, detail: self.events.append((kind, detail))),
                definitions=lambda name: Defined("arn:p", self.structure) if name == self.structure["name"] else None,
                handlers={each: Waiting({}) if each.category == "Approval" else self.handler for each in RUN_HERE},
                rules=self.rules or {"VariableCheck": check, "DeploymentWindow": deployment_window},
                artifacts=self.artifacts,
                assume_role=assume_role,
                region=REGION,
                account_id=ACCOUNT,
            )
        )
        self.operations = operations(self.engine)
        self.engine.start()

    def close(self) -> None:
        self.engine.stop()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, operation: str, **request: Any) -> Json:
        """Call the API and hold its answer against botocore's model."""
        answer = self.operations[operation](PERSON, request) or {}
        faults = shape_faults(operation, answer)
        assert not faults, f"{operation}: {faults}"
        return answer

    def start(self, **request: Any) -> str:
        answer = self.call("StartPipelineExecution", name=self.structure["name"], **request)
        return str(answer["pipelineExecutionId"])

    def of_pipeline(self, operation: str, **request: Any) -> Json:
        return self.call(operation, pipelineName=self.structure["name"], **request)

    def execution(self, execution_id: str) -> ExecutionRecord:
        found = self.engine.parts.ledger.get(execution_id)
        assert found is not None
        return found

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until ``holds`` does; fail with where everything stands when it never does."""
        end = time.monotonic() + PATIENCE
        with self.engine.parts.ledger.changed:
            while not holds():
                left = end - time.monotonic()
                assert left > 0, [(each.status, each.stage, each.inside, each.summary) for each in self.everything()]
                self.engine.parts.ledger.changed.wait(min(left, 0.05))

    def ended(self, execution_id: str) -> str:
        """Wait for an execution's end and give its status."""
        self.until(lambda: not self.execution(execution_id).running)
        return self.execution(execution_id).status

    def running(self, execution_id: str, action_name: str) -> None:
        """Wait until an action is under way."""
        self.until(lambda: self.states(execution_id).get(action_name) == "InProgress")

    def states(self, execution_id: str) -> dict[str, str]:
        """Return the state of each action's last attempt."""
        stages = self.execution(execution_id).stages
        return {record.name: record.status for each in stages for record in each.actions}

    def stages(self, execution_id: str) -> dict[str, str]:
        return {each.name: each.status for each in self.execution(execution_id).stages}

    def idle(self, action_name: str) -> None:
        """Wait until no thread works for an action any more, though its record may have ended long before."""
        self.until(lambda: not any(each.name == f"task-{action_name}" for each in threading.enumerate()))

    def everything(self) -> list[ExecutionRecord]:
        return self.engine.parts.ledger.of(self.structure["name"])

    def attempts(self, action_name: str) -> int:
        return sum(1 for context in self.handler.seen if context.name == action_name)

    def state(self, stage_name: str) -> Json:
        states = self.call("GetPipelineState", name=self.structure["name"])["stageStates"]
        return next(each for each in states if each["stageName"] == stage_name)
