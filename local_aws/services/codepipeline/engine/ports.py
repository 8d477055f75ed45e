"""What an action or a rule of a pipeline is given and gives back: the seam for everything that does the work."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.clock import Clock
from local_aws.services.codepipeline.engine.plan import TypeId
from local_aws.services.codepipeline.store.records import Location, Revision, SourceOverride


class ActionError(Exception):
    """An action or a rule fails; ``code`` and ``message`` become the ``errorDetails`` that the API shows.

    The codes are CodePipeline's, such as ConfigurationError, PermissionError, JobFailed
    (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html).
    """

    def __init__(self, code: str, message: str, summary: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.summary = summary


@dataclass(frozen=True)
class Progress:
    """What is known of a running task; empty members leave what was said before."""

    external_id: str = ""
    external_url: str = ""
    summary: str = ""
    log_stream_arn: str = ""


@dataclass(frozen=True)
class TaskContext:
    """What every action and rule is given.

    ``id`` is the action's or rule's execution id. ``resumed`` holds the external execution id of the attempt that was
    under way when the local AWS ended, and None when this attempt begins now. ``cancelled`` is set when the result is
    wanted no more (abandoned, timed out, answered): return soon; what runs outside may run on. ``deadline`` is in epoch
    seconds. ``credentials`` gives those of the role that acts, or raises ``ActionError``. ``read`` gives an input
    artifact's zip.
    """

    id: str
    pipeline: str
    pipeline_arn: str
    execution_id: str
    stage: str
    name: str
    configuration: Mapping[str, str]
    role_arn: str
    inputs: Mapping[str, Location]
    credentials: Callable[[], Credentials]
    read: Callable[[str], AbstractContextManager[BinaryIO]]
    report: Callable[[Progress], None]
    cancelled: threading.Event
    deadline: float
    clock: Clock
    resumed: str | None

    def pause(self, seconds: float) -> bool:
        """Wait; tell whether the task was cancelled meanwhile."""
        return self.clock.pause(self.cancelled, seconds)


@dataclass(frozen=True)
class RuleContext(TaskContext):
    """What a rule is given beyond that: ``condition`` is beforeEntry, onSuccess or onFailure."""

    condition: str
    commands: Sequence[str]


@dataclass(frozen=True)
class ActionContext(TaskContext):
    """What an action is given beyond that.

    ``outputs`` are the places of its output artifacts, chosen beforehand; ``write`` puts a zip there under the
    pipeline's key, ``encryption_key`` (empty: the bucket's default). ``override``: the revision a source is to take.
    ``revisions`` gives the commit of each input artifact that is a source's own.
    ``token`` is what an approval is to be answered with.
    """

    type: TypeId
    outputs: Mapping[str, Location]
    write: Callable[[str, BinaryIO], None]
    encryption_key: str
    override: SourceOverride | None
    revisions: Mapping[str, str]
    token: str


@dataclass(frozen=True)
class ActionResult:
    """What an action that succeeded gives back. An action that fails raises ``ActionError``."""

    summary: str = ""
    external_id: str = ""
    external_url: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    revision: Revision | None = None


class ActionHandler(Protocol):
    """Runs one type of action; ``run`` is called on a thread of its own."""

    resumable: bool
    """Whether ``run`` may be called again for an attempt during which the local AWS ended."""

    def run(self, context: ActionContext) -> ActionResult:
        """Do the work and wait for its end."""


@dataclass(frozen=True)
class RuleResult:
    """A rule's verdict; ``summary`` tells in a sentence why."""

    passed: bool
    summary: str


Evaluate = Callable[[RuleContext], RuleResult]
"""Decides a rule, on a thread of its own, or raises ``ActionError`` when it can't be decided."""


@dataclass(frozen=True)
class Access:
    """As whom an artifact is read or written: a role, its credentials, and the key (empty: the bucket's default)."""

    role_arn: str
    credentials: Callable[[], Credentials]
    encryption_key: str


class ArtifactStore(Protocol):
    """Keeps artifacts: zips in the pipeline's bucket."""

    def put(self, location: Location, content: BinaryIO, access: Access) -> None:
        """Write an artifact, encrypted under the key, or raise ``ActionError``."""

    def get(self, location: Location, access: Access) -> AbstractContextManager[BinaryIO]:
        """Read an artifact into a file, or raise ``ActionError``."""


class AssumeRole(Protocol):
    """Takes a role for CodePipeline."""

    def __call__(
        self, role_arn: str, *, through: str, pipeline_arn: str, session_name: str, execution_id: str
    ) -> Credentials:
        """Return ``role_arn``'s credentials, assumed with those of the role ``through`` when that is another one.

        Raises ``ActionError`` where a trust policy or a right stands against it.
        """


Handlers = Mapping[TypeId, ActionHandler]
Rules = Mapping[str, Evaluate]
"""By the rule's provider."""
