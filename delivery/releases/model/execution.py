"""An execution of a pipeline as data: its stages and actions, and what was tried of them so far.

The words of states are the API's own:
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

IN_PROGRESS = "InProgress"
SUCCEEDED = "Succeeded"
FAILED = "Failed"
STOPPING = "Stopping"
NOT_STARTED = "NotStarted"
"""This program's own word for what has not been tried yet."""

UNFINISHED = (IN_PROGRESS, STOPPING)
APPROVAL = "Approval"
BUILD_PROVIDER = "CodeBuild"
ECS_PROVIDER = "ECS"
ECS_PROVIDERS = (ECS_PROVIDER, "CodeDeployToECS")
"""What deploys an ECS service."""
DEPLOY = "Deploy"
SOURCE = "Source"
ROLLBACK = "ROLLBACK"


@dataclass(frozen=True)
class Action:
    """An action of the pipeline's structure. ``configuration`` is as the template says, with its variables in it."""

    stage: str
    name: str
    category: str
    provider: str
    configuration: Mapping[str, str]


@dataclass(frozen=True)
class Stage:
    """A stage of the pipeline's structure, with its actions in their run order."""

    name: str
    actions: Sequence[Action]


@dataclass(frozen=True)
class Attempt:
    """One try of an action. ``external_id`` is the id of what it started elsewhere, such as ``project:uuid``."""

    id: str
    stage: str
    action: str
    provider: str
    category: str
    status: str
    started: datetime
    updated: datetime
    summary: str = ""
    error_code: str = ""
    error_message: str = ""
    external_id: str = ""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.status == IN_PROGRESS

    @property
    def is_build(self) -> bool:
        """Whether a build of CodeBuild does its work."""
        return self.provider == BUILD_PROVIDER and bool(self.external_id)

    @property
    def is_rollout(self) -> bool:
        """Whether a deployment of an ECS service is what it waits for."""
        return self.category == DEPLOY and self.provider in ECS_PROVIDERS

    @property
    def is_approval(self) -> bool:
        """Whether a person's answer is what it waits for."""
        return self.category == APPROVAL

    def seconds(self, now: datetime) -> float:
        """Return how long it has taken, or took."""
        return ((now if self.running else self.updated) - self.started).total_seconds()


@dataclass(frozen=True)
class Revision:
    """What a source action took: a commit's id, and its message."""

    action: str
    id: str
    message: str


@dataclass(frozen=True)
class Execution:
    """An execution as far as it has come. ``attempts`` stand in the order in which they began."""

    pipeline: str
    id: str
    status: str
    reason: str
    type: str
    trigger: str
    version: int
    target: str
    """The execution that this one goes back to; empty unless it is a roll-back."""
    revisions: Sequence[Revision]
    stages: Sequence[Stage]
    attempts: Sequence[Attempt]

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in UNFINISHED

    def latest(self, action: Action) -> Attempt | None:
        """Return the latest try of ``action``; ``None`` where it was never tried."""
        tries = [one for one in self.attempts if (one.stage, one.action) == (action.stage, action.name)]
        return tries[-1] if tries else None

    def latest_end(self, attempt: Attempt) -> datetime | None:
        """Return when a deployment is given up by the action that waits for it, where the structure says so."""
        actions = [one for stage in self.stages for one in stage.actions]
        (minutes,) = [
            one.configuration.get("DeploymentTimeout", "")
            for one in actions
            if (one.stage, one.name) == (attempt.stage, attempt.action)
        ][:1] or [""]
        return attempt.started + timedelta(minutes=int(minutes)) if minutes.isdecimal() else None

    def at_work(self) -> Sequence[Attempt]:
        """Return the tries that are under way."""
        return [one for one in self.attempts if one.running]

    def failures(self) -> Sequence[Attempt]:
        """Return the actions whose latest try failed, in the order in which they ended."""
        latest = [self.latest(action) for stage in self.stages for action in stage.actions]
        failed = [one for one in latest if one is not None and one.status == FAILED]
        return sorted(failed, key=lambda one: one.updated)

    def commit(self) -> str:
        """Return the commit that it releases; empty while no source has been read."""
        return self.revisions[0].id if self.revisions else ""


@dataclass(frozen=True)
class Summary:
    """An execution as the list of executions shows it."""

    id: str
    status: str
    type: str
    trigger: str
    started: datetime
    updated: datetime
    target: str
    revisions: Sequence[Revision]

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in UNFINISHED
