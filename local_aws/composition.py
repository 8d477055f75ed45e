"""Puts the embedded AWS together: our services, our resource types, the checks at the door."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from local_aws.cloudformation.resource_types import code_deploy as code_deploy_resources
from local_aws.cloudformation.resource_types.build_project import project_type, report_group_type
from local_aws.cloudformation.resource_types.connection import connection_types
from local_aws.cloudformation.resource_types.network import network_types
from local_aws.cloudformation.resource_types.notification_rule import notification_rule_type
from local_aws.cloudformation.resource_types.pipeline import pipeline_type
from local_aws.cloudformation.resource_types.replacement import NAMING
from local_aws.cloudformation.resource_types.resource_type import install
from local_aws.cloudformation.template_gate.gate import gate
from local_aws.iam.corrections import correct_permissions
from local_aws.iam.implicit_checks import ask_behind_requests
from local_aws.iam.ledger import Ledger
from local_aws.iam.service_side_calls import Implicit
from local_aws.ministack import adapter
from local_aws.ministack.cloudformation import events, stacks
from local_aws.ministack.cloudformation.stack_corrections import correct_stacks
from local_aws.ministack.s3 import buckets
from local_aws.platform.context import Credentials, PlatformContext
from local_aws.platform.functions import install_functions
from local_aws.platform.registration import join
from local_aws.platform.service import Extension
from local_aws.platform.service_roles import assume_role_as_service
from local_aws.process.server_record import PROJECT_FOLDER, ServerRecord, StateFolder
from local_aws.services.codebuild.builds.assembly import assembled as assembled_builds
from local_aws.services.codebuild.projects.operations import service as codebuild_service
from local_aws.services.codebuild.projects.projects import Projects
from local_aws.services.codeconnections.connections import Connections
from local_aws.services.codeconnections.operations import services as connection_services
from local_aws.services.codedeploy.extension import code_deploy
from local_aws.services.codepipeline.definitions.api import service as codepipeline_service
from local_aws.services.codepipeline.definitions.store import Pipelines
from local_aws.services.codepipeline.extension import extension as pipelines_extension
from local_aws.services.codepipeline.triggers.push_trigger import PushStarts
from local_aws.services.codestar_notifications.operations import service as notifications_service
from local_aws.services.codestar_notifications.rules import Rules
from local_aws.services.ecs.execution_attribution import Deployed
from local_aws.state.database import Database

KEPT = "LOCAL_AWS_LEDGER"
"""Environment variable: ``off`` keeps no ledger, which serves to measure what keeping it costs."""


SECONDS_OF_A_FUNCTION = 910
"""How long an answer of Lambda is waited for: a function may run for 900 seconds."""


@dataclass(frozen=True)
class Assembled:
    """What was put together, and what runs beside the API."""

    host: PlatformContext
    extensions: Sequence[Extension]
    ledger: Ledger
    pushes: PushStarts
    deployed: Deployed
    """Which execution deployed what."""


def assemble(database: Database, folder: StateFolder, running: ServerRecord) -> Assembled:
    """Make our services and resource types part of MiniStack; call it before the first request."""
    host = _host(database, folder, running)
    rules = Rules(database, running.account_id, running.region)
    deployed = Deployed(database)
    deploying = code_deploy(database, (running.account_id, running.region), host.client, deployed.note)
    (running_pipelines, pushes), running_builds = pipelines_extension(host), assembled_builds(host)
    for service in (
        codepipeline_service(host.pipelines, running_pipelines.operations),
        codebuild_service(host.projects, running_builds.operations),
        *connection_services(host.connections),
        notifications_service(rules),
        deploying.service,
    ):
        join(service)
    types = [pipeline_type(host.pipelines), project_type(host.projects), report_group_type(host.projects)]
    types += [*connection_types(host.connections), notification_rule_type(rules), *network_types()]
    types += code_deploy_resources.code_deploy_types(deploying.applications, deploying.configurations)
    for resource_type in types:
        install(resource_type)
    stacks.delete_by(code_deploy_resources.GROUP, partial(code_deploy_resources.delete_group, deploying.applications))
    buckets.complete_resource_types()
    stacks.say_what_replaces(NAMING)
    correct_stacks()
    adapter.guard("cloudformation", gate)
    ledger = Ledger(folder.path)
    correct_permissions(None if os.environ.get(KEPT) == "off" else ledger.hear)
    ask_behind_requests(Implicit(running.account_id, running.region))
    install_functions()
    return Assembled(host, (running_pipelines, running_builds, deploying.extension), ledger, pushes, deployed)


def _host(database: Database, folder: StateFolder, running: ServerRecord) -> PlatformContext:
    account, region = running.account_id, running.region
    client = _clients(running)
    return PlatformContext(
        account_id=account,
        region=region,
        endpoint_url=running.endpoint_url,
        state_folder=folder.path,
        database=database,
        project_folder=PROJECT_FOLDER,
        pipelines=Pipelines(database, account, region),
        projects=Projects(database, account, region),
        connections=Connections(database, account, region, folder.path),
        assume_role_as_service=assume_role_as_service,
        refusal=Implicit(account, region).refusal,
        client=client,
        publish_event=events.publisher(account, region),
    )


def _clients(running: ServerRecord) -> Callable[[str, Credentials], Any]:
    """Return what makes clients: of one session, as each new one reads the services' models anew, 50 ms a client."""
    lock = threading.Lock()

    @cache
    def session() -> Any:  # noqa: ANN401 - botocore has no types
        from botocore.session import Session  # noqa: PLC0415 - 0.2 s that starting need not spend

        return Session()

    def client(service: str, credentials: Credentials) -> Any:  # noqa: ANN401 - botocore's clients are made at run time
        from botocore.config import Config  # noqa: PLC0415 - 0.2 s that starting need not spend

        # A session makes one client at a time; clients themselves are for any thread.
        with lock:
            return session().create_client(
                service,
                region_name=running.region,
                endpoint_url=running.endpoint_url,
                aws_access_key_id=credentials.access_key_id,
                aws_secret_access_key=credentials.secret_access_key,
                aws_session_token=credentials.session_token or None,
                config=Config(
                    s3={"addressing_style": "path"},
                    retries={"mode": "standard", "total_max_attempts": 3},
                    read_timeout=SECONDS_OF_A_FUNCTION if service == "lambda" else 60,
                    proxies={},  # it is this process that is asked, whatever HTTP_PROXY says
                ),
            )

    return client
