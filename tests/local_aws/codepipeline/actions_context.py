"""What a test hands to an action's handler, and what it can read of it afterwards."""

import io
import threading
from dataclasses import dataclass, field
from typing import Any

from local_aws.services.codepipeline.engine.plan import TypeId
from local_aws.services.codepipeline.engine.ports import ActionContext, Progress
from local_aws.services.codepipeline.store.records import Location, SourceOverride
from tests.local_aws.codepipeline.harness import KEY, ROLE, MovedClock, assume_role


@dataclass
class ActionsContext:
    """The outside of one action: artifacts by name, what was reported, the clock."""

    artifacts: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    reported: list[Progress] = field(default_factory=list)
    clock: MovedClock = field(default_factory=MovedClock)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def context(
        self,
        configuration: dict[str, str],
        outputs: tuple[str, ...] = (),
        override: SourceOverride | None = None,
        resumed: str | None = None,
    ) -> ActionContext:
        members: dict[str, Any] = {"override": override, "resumed": resumed, "configuration": configuration}
        return ActionContext(
            id="a",
            pipeline="cruddur-backend-fargate",
            pipeline_arn="arn:p",
            execution_id="e",
            stage="Stage",
            name="action",
            role_arn=ROLE,
            inputs={name: Location("artifacts", f"in/{name}") for name in self.artifacts},
            credentials=lambda: assume_role(ROLE, through=ROLE, pipeline_arn="", session_name="s", execution_id="e"),
            read=lambda name: io.BytesIO(self.artifacts[name]),
            report=self.reported.append,
            cancelled=self.cancelled,
            deadline=self.clock.now() + 3600,
            clock=self.clock,
            type=TypeId("Build", "AWS", "CodeBuild", "1"),
            outputs={name: Location("artifacts", f"out/{name}") for name in outputs},
            write=lambda name, content: self.written.update({name: content.read()}),
            encryption_key=KEY,
            revisions={"SourceArtifact": "c0ffee"},
            token="",
            **members,
        )
