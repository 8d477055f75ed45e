"""What the local AWS runs for CodeDeploy: its service, and the deployments that go on beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.platform.context import Credentials
from local_aws.platform.minute import minute
from local_aws.platform.service import Extension, Service
from local_aws.services.codedeploy import operations
from local_aws.services.codedeploy.applications import Applications
from local_aws.services.codedeploy.beginning import Beginning, ServiceRole
from local_aws.services.codedeploy.configurations import Configurations
from local_aws.services.codedeploy.deployment_operations import DeploymentOperations
from local_aws.services.codedeploy.deployments import Deployments
from local_aws.services.codedeploy.hooks import Hooks
from local_aws.services.codedeploy.run import Runs
from local_aws.state.database import Database


@dataclass(frozen=True)
class CodeDeploy:
    """CodeDeploy: its API, what runs beside it, and what stacks make."""

    service: Service
    extension: Extension
    applications: Applications
    configurations: Configurations


def code_deploy(
    database: Database,
    where: tuple[str, str],
    client: Callable[[str, Credentials], Any],
    note: Callable[[str, str], None],
) -> CodeDeploy:
    """Put CodeDeploy of an account and region together; ``note`` hears which execution deploys a revision."""
    configurations = Configurations(database)
    applications = Applications(database, configurations)
    deployments = Deployments(database, applications.told)
    beginning = Beginning(applications, configurations, ServiceRole(*where), (client, note))
    runs = Runs(deployments, beginning, Hooks(client, minute()), where, minute())
    asked = DeploymentOperations(applications, configurations, deployments, (runs, beginning))
    return CodeDeploy(
        operations.service(applications, configurations, asked.operations(), asked.group_of),
        Extension({}, runs.start, runs.stop),
        applications,
        configurations,
    )
