"""What is remembered of pipeline executions: plain records, each of which becomes JSON and comes back the same.

All times are epoch seconds. The words for states are the CodePipeline API's own
(https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html).
"""

from dataclasses import dataclass, field
from typing import Any

IN_PROGRESS = "InProgress"
SUCCEEDED = "Succeeded"
FAILED = "Failed"
STOPPING = "Stopping"
STOPPED = "Stopped"
SUPERSEDED = "Superseded"
CANCELLED = "Cancelled"
ABANDONED = "Abandoned"
SKIPPED = "Skipped"
OVERRIDDEN = "Overridden"
"""Of a condition that somebody did not let decide."""

STANDARD = "STANDARD"
ROLLBACK = "ROLLBACK"

RUNNING_EXECUTION = frozenset({IN_PROGRESS, STOPPING})
"""The states of an execution that has not ended."""


@dataclass(frozen=True)
class Location:
    """An object in Amazon S3."""

    bucket: str
    key: str


@dataclass
class TaskRecord:
    """What an action's and a rule's execution have in common: one attempt at one thing, with its outcome.

    ``status`` is InProgress, Succeeded, Failed or Abandoned.
    """

    id: str
    name: str
    started: float
    updated: float
    status: str = IN_PROGRESS
    configuration: dict[str, str] = field(default_factory=dict)
    """The declared configuration with its variable references resolved."""
    summary: str = ""
    external_id: str = ""
    external_url: str = ""
    error_code: str = ""
    error_message: str = ""
    updated_by: str = ""


@dataclass
class ActionRecord(TaskRecord):
    """One attempt at an action. ``token`` answers an approval; ``retried``: a later attempt replaces this one."""

    inputs: dict[str, Location] = field(default_factory=dict)
    outputs: dict[str, Location] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    token: str = ""
    log_stream_arn: str = ""
    retried: bool = False


@dataclass
class RuleRecord(TaskRecord):
    """One evaluation of a condition's rule."""


@dataclass
class ConditionRecord:
    """One evaluation of a stage's condition; ``kind`` is beforeEntry, onSuccess or onFailure."""

    kind: str
    updated: float
    status: str = IN_PROGRESS
    summary: str = ""
    rules: list[RuleRecord] = field(default_factory=list)


@dataclass
class StageRecord:
    """How one execution fared in one stage; ``status`` is empty until it enters.

    ``admitted``: the entry condition is met, or there is none.
    """

    name: str
    status: str = ""
    entered: float = 0.0
    admitted: bool = False
    actions: list[ActionRecord] = field(default_factory=list)
    conditions: list[ConditionRecord] = field(default_factory=list)
    automatic_retries: int = 0
    manual_retries: int = 0
    latest_retry: str = ""

    def overridden(self, kind: str) -> bool:
        """Return whether somebody overrode the condition of this kind when it was evaluated last."""
        verdicts = [condition.status for condition in self.conditions if condition.kind == kind]
        return verdicts[-1:] == [OVERRIDDEN]

    def latest(self, action: str) -> ActionRecord | None:
        """Return the last attempt at ``action``, None where there was none or where it is to be attempted anew."""
        for record in reversed(self.actions):
            if record.name == action:
                return None if record.retried else record
        return None


@dataclass
class Revision:
    """What a source action took: a commit of a repository."""

    id: str
    summary: str
    url: str = ""
    created: float = 0.0


@dataclass
class SourceOverride:
    """The revision that an execution is to take instead of the branch's newest, and the branch or tag it came by."""

    type: str
    value: str
    reference: str = ""


@dataclass
class ExecutionRecord:
    """One pipeline execution. ``stage`` counts from 0: where it is, when ``inside``, or waits to enter."""

    id: str
    pipeline: str
    version: int
    mode: str
    structure: dict[str, Any]
    started: float
    updated: float
    trigger: str
    trigger_detail: str = ""
    sequence: int = 0
    status: str = IN_PROGRESS
    summary: str = ""
    type: str = STANDARD
    rollback_target: str = ""
    stop_reason: str = ""
    abandoned: bool = False
    client_token: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, SourceOverride] = field(default_factory=dict)
    stage: int = 0
    inside: bool = False
    stages: list[StageRecord] = field(default_factory=list)
    artifacts: dict[str, Location] = field(default_factory=dict)
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)
    revisions: dict[str, Revision] = field(default_factory=dict)
    """By the source action's name."""

    @property
    def running(self) -> bool:
        """Return whether it has not ended."""
        return self.status in RUNNING_EXECUTION

    @staticmethod
    def from_document(document: dict[str, Any]) -> "ExecutionRecord":
        """Make the record that ``document`` was made of by ``asdict``."""
        values = dict(document)
        values["stages"] = [_stage(each) for each in document["stages"]]
        values["artifacts"] = _locations(document["artifacts"])
        values["overrides"] = {name: SourceOverride(**each) for name, each in document["overrides"].items()}
        values["revisions"] = {name: Revision(**each) for name, each in document["revisions"].items()}
        return ExecutionRecord(**values)


def _locations(document: dict[str, Any]) -> dict[str, Location]:
    return {name: Location(**each) for name, each in document.items()}


def _stage(document: dict[str, Any]) -> StageRecord:
    values = dict(document)
    values["actions"] = [_action(each) for each in document["actions"]]
    values["conditions"] = [
        ConditionRecord(**{**each, "rules": [RuleRecord(**rule) for rule in each["rules"]]})
        for each in document["conditions"]
    ]
    return StageRecord(**values)


def _action(document: dict[str, Any]) -> ActionRecord:
    inputs, outputs = _locations(document["inputs"]), _locations(document["outputs"])
    return ActionRecord(**{**document, "inputs": inputs, "outputs": outputs})
