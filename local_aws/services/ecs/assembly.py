"""Puts together what containers and Docker meet: the registry, tasks and their rights, and the tasks' credentials."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.cloudformation.resource_types.resource_type import install
from local_aws.cloudformation.resource_types.signing_configuration import signing_configuration_type
from local_aws.ministack import images
from local_aws.ministack.cloudformation import events
from local_aws.ministack.ecs import task_credentials
from local_aws.ministack.inner_door import Refused
from local_aws.platform.context import Credentials
from local_aws.platform.functions import Functions
from local_aws.platform.json_store import Records
from local_aws.process.server_record import ServerRecord, StateFolder
from local_aws.services.ecr.blobs import Blobs
from local_aws.services.ecr.guard import Guard
from local_aws.services.ecr.scanning.api import Scans
from local_aws.services.ecr.service import Registry
from local_aws.services.ecr.signatures import Signatures
from local_aws.services.ecr.tokens import SECONDS, Tokens
from local_aws.services.ecs.credentials import LinkAddress, TaskCredentials
from local_aws.services.ecs.execution_attribution import Deployed
from local_aws.services.ecs.execution_role import ExecutionRole
from local_aws.services.ecs.install import install_rules
from local_aws.services.ecs.rollouts.roles import DeploymentRoles, HookFunctions, InfrastructureRole
from local_aws.state.database import Database


@dataclass(frozen=True)
class ForContainers:
    """What the door answers containers with; ``link`` is to lead to the door."""

    registry: Registry
    tasks: TaskCredentials
    link: LinkAddress


def open_to_containers(
    database: Database,
    folder: StateFolder,
    running: ServerRecord,
    refused: Refused,
    client: Callable[[str, Credentials], Any],
    deployed: Deployed,
) -> ForContainers:
    """Have the registry answer at our port, where Docker needs no setting for it, and tasks run under their roles.

    Call it on the event loop that serves. ``refused`` hears of requests without a principal; ``client`` gives a
    botocore client for a service and credentials.
    """
    tokens = Tokens(folder.path / "registry-secret")
    where, host = (running.account_id, running.region), f"localhost:{running.port}"
    images.be_reached_at(host, tokens.make, SECONDS)
    deployed.watch()
    lent = DeploymentRoles(deployed)
    infrastructure, functions = InfrastructureRole(where, lent), HookFunctions(lent, Functions(client))
    install_rules(ExecutionRole(where, host, tokens.make, deployed), infrastructure, functions, folder)
    kept = Blobs(folder.path, where)
    signatures = Signatures(Records(database, "image-signatures"), where)
    signatures.install()
    install(signing_configuration_type(signatures, running.account_id))
    registry = Registry(Guard(tokens, where, host, refused), kept, signatures)
    images.check_put_images(registry.fault_of)
    Scans(kept, Records(database, "image-scans"), running.account_id, events.publisher(*where)).install()
    link = LinkAddress(running.port)
    tasks = TaskCredentials(where, tokens.of_task, deployed, link.host, refused)
    task_credentials.tell_containers_with(tasks.variables)
    return ForContainers(registry, tasks, link)
