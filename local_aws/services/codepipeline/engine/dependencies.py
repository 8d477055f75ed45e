"""What the engine is made with: everything outside of it, handed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local_aws.services.codepipeline.engine.clock import Clock
from local_aws.services.codepipeline.engine.event_publisher import Announcements
from local_aws.services.codepipeline.engine.ports import ArtifactStore, AssumeRole, Handlers, Rules
from local_aws.services.codepipeline.store.executions import Ledger


class Definition(Protocol):
    """A pipeline that exists; ``structure`` as GetPipeline answers it, its version within; times in epoch seconds."""

    @property
    def arn(self) -> str:
        """Return the pipeline's ARN."""

    @property
    def structure(self) -> Mapping[str, Any]:
        """Return the present structure."""

    @property
    def created(self) -> float:
        """Report when it was created."""

    @property
    def updated(self) -> float:
        """Report when it was last updated."""


Definitions = Callable[[str], Definition | None]
"""Gives a pipeline by its name."""


@dataclass(frozen=True)
class Parts:
    """The engine's surroundings."""

    ledger: Ledger
    clock: Clock
    announcements: Announcements
    definitions: Definitions
    handlers: Handlers
    rules: Rules
    artifacts: ArtifactStore
    assume_role: AssumeRole
    region: str
    account_id: str

    def pipeline_arn(self, name: str) -> str:
        """Return a pipeline's ARN."""
        return f"arn:aws:codepipeline:{self.region}:{self.account_id}:{name}"
