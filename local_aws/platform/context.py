"""What the embedded AWS lends to the rooms that run pipelines and builds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from local_aws.iam.trace import Asked, Refusal
from local_aws.services.codebuild.projects.projects import Projects
from local_aws.services.codeconnections.connections import Connections
from local_aws.services.codepipeline.definitions.store import Pipelines
from local_aws.state.database import Database


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of a role; ``expires`` in epoch seconds."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires: float

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables by which AWS's tools act with them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


class AssumesRoles(Protocol):
    """Takes a role as an AWS service does; see ``local_aws.platform.service_roles.assume_role_as_service``."""

    def __call__(
        self,
        *,
        service: str,
        role_arn: str,
        source_arn: str,
        session_name: str,
        execution_id: str,
    ) -> Credentials:
        """Give credentials, or raise ``ServiceError`` AccessDenied where the trust policy does not let it."""


class PublishesEvents(Protocol):
    """Hands an event of an AWS service to EventBridge, whose rules it reaches."""

    def __call__(self, *, source: str, detail_type: str, detail: Mapping[str, Any], resources: list[str]) -> None:
        """Publish; ``source`` such as ``aws.codepipeline``."""


@dataclass(frozen=True)
class PlatformContext:
    """The embedded AWS as its own services see it. Everything here may be called from any thread.

    ``client`` gives a botocore client of our own endpoint, for a service and credentials: IAM decides on its calls as
    it does on anyone's. ``refusal`` asks IAM, for (access key id, step and resource), for the rights that no call
    carries; None where nothing is refused.
    """

    account_id: str
    region: str
    endpoint_url: str
    state_folder: Path
    database: Database
    project_folder: Path
    pipelines: Pipelines
    projects: Projects
    connections: Connections
    assume_role_as_service: AssumesRoles
    refusal: Callable[[str, Asked], Refusal | None]
    client: Callable[[str, Credentials], Any]
    publish_event: PublishesEvents
