"""The plan of a pipeline: its structure, as GetPipeline answers it, read into frozen records. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from local_aws.services.codepipeline.engine.scheduling import SUPERSEDED

BEFORE_ENTRY = "beforeEntry"
ON_SUCCESS = "onSuccess"
ON_FAILURE = "onFailure"
CONDITION_KINDS = (BEFORE_ENTRY, ON_SUCCESS, ON_FAILURE)


@dataclass(frozen=True)
class TypeId:
    """What an action or a rule is, such as Deploy, AWS, ECS, 1."""

    category: str
    owner: str
    provider: str
    version: str

    def __str__(self) -> str:
        return f"{self.category}/{self.owner}/{self.provider}/{self.version}"


@dataclass(frozen=True)
class TaskPlan:
    """What an action and a rule have in common."""

    name: str
    type: TypeId
    configuration: Mapping[str, str]
    inputs: Sequence[str]
    role_arn: str
    region: str
    timeout_minutes: int | None


@dataclass(frozen=True)
class RulePlan(TaskPlan):
    """One rule of a condition."""

    commands: Sequence[str]


@dataclass(frozen=True)
class ConditionPlan:
    """A stage's condition: rules that must all succeed, and what is done; ``kind`` is one of ``CONDITION_KINDS``."""

    kind: str
    result: str
    rules: Sequence[RulePlan]


@dataclass(frozen=True)
class ActionPlan(TaskPlan):
    """One action of a stage."""

    run_order: int
    outputs: Sequence[str]
    namespace: str


@dataclass(frozen=True)
class StagePlan:
    """One stage. ``failure_result`` is what onFailure asks for without a condition; empty for nothing."""

    name: str
    actions: Sequence[ActionPlan]
    conditions: Mapping[str, ConditionPlan] = field(default_factory=dict)
    failure_result: str = ""
    retry_mode: str = ""

    @property
    def groups(self) -> list[list[str]]:
        """Return the actions' names by run order: each group runs side by side, one group after another."""
        ordered = sorted(self.actions, key=lambda action: action.run_order)
        return [[action.name for action in group] for _, group in groupby(ordered, key=lambda action: action.run_order)]

    def action(self, name: str) -> ActionPlan | None:
        """Return the action of this name."""
        return next((action for action in self.actions if action.name == name), None)


@dataclass(frozen=True)
class PipelinePlan:
    """A whole pipeline. ``encryption_key`` is the artifact bucket's KMS key; empty: the bucket's own default."""

    name: str
    version: int
    type: str
    mode: str
    role_arn: str
    bucket: str
    encryption_key: str
    variables: Mapping[str, str | None]
    """By name: the default value, None where a value must be given."""
    stages: Sequence[StagePlan]

    def stage_index(self, name: str) -> int | None:
        """Return a stage's number, counted from 0."""
        return next((index for index, stage in enumerate(self.stages) if stage.name == name), None)


def read_plan(structure: Mapping[str, Any], region: str = "") -> PipelinePlan:
    """Read a structure in the shape of https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html.

    It is one that CreatePipeline took. ``region`` chooses among several artifact stores.
    """
    stores: Mapping[str, Any] = structure.get("artifactStores", {})
    store: Mapping[str, Any] = structure.get("artifactStore") or stores.get(region, {})
    return PipelinePlan(
        name=structure["name"],
        version=int(structure.get("version", 1)),
        type=structure.get("pipelineType", "V1"),
        mode=structure.get("executionMode", SUPERSEDED),
        role_arn=structure["roleArn"],
        bucket=store.get("location", ""),
        encryption_key=store.get("encryptionKey", {}).get("id", ""),
        variables={each["name"]: each.get("defaultValue") for each in structure.get("variables", [])},
        stages=tuple(_stage(each) for each in structure["stages"]),
    )


def _stage(declared: Mapping[str, Any]) -> StagePlan:
    failure = declared.get(ON_FAILURE, {})
    return StagePlan(
        name=declared["name"],
        actions=tuple(_action(each) for each in declared["actions"]),
        conditions={
            kind: ConditionPlan(kind, one.get("result", ""), tuple(_rule(each) for each in one.get("rules", [])))
            for kind in CONDITION_KINDS
            for one in declared.get(kind, {}).get("conditions", [])[:1]
        },
        failure_result=failure.get("result", ""),
        retry_mode=failure.get("retryConfiguration", {}).get("retryMode", "FAILED_ACTIONS"),
    )


def _action(declared: Mapping[str, Any]) -> ActionPlan:
    return ActionPlan(
        **_task(declared, declared["actionTypeId"]),
        run_order=int(declared.get("runOrder", 1)),
        outputs=tuple(each["name"] for each in declared.get("outputArtifacts", [])),
        namespace=declared.get("namespace", ""),
    )


def _rule(declared: Mapping[str, Any]) -> RulePlan:
    return RulePlan(**_task(declared, declared["ruleTypeId"]), commands=tuple(declared.get("commands", [])))


def _task(declared: Mapping[str, Any], kind: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": declared["name"],
        "type": TypeId(kind["category"], kind.get("owner", "AWS"), kind["provider"], kind.get("version", "1")),
        "configuration": dict(declared.get("configuration", {})),
        "inputs": tuple(each["name"] for each in declared.get("inputArtifacts", [])),
        "role_arn": declared.get("roleArn", ""),
        "region": declared.get("region", ""),
        "timeout_minutes": declared.get("timeoutInMinutes"),
    }
