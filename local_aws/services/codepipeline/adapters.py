"""The engine within the embedded AWS: its roles, rights, repositories and builds are the host's."""

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from local_aws.iam.implied_actions import USE_CONNECTION
from local_aws.iam.trace import Asked
from local_aws.platform.context import Credentials, PlatformContext
from local_aws.platform.functions import Functions
from local_aws.platform.minute import minute
from local_aws.platform.service import ServiceError
from local_aws.services.codepipeline.actions.approval import ManualApproval
from local_aws.services.codepipeline.actions.build import CodeBuildAction
from local_aws.services.codepipeline.actions.build_api import ApiBuilds
from local_aws.services.codepipeline.actions.code_deploy_to_ecs import CodeDeployToEcs
from local_aws.services.codepipeline.actions.ecs import EcsDeploy
from local_aws.services.codepipeline.actions.inspector_scan import InspectorScan
from local_aws.services.codepipeline.actions.source import ConnectionSource
from local_aws.services.codepipeline.engine.artifacts import S3ArtifactStore
from local_aws.services.codepipeline.engine.clock import SystemClock
from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.event_publisher import Announcements
from local_aws.services.codepipeline.engine.plan import TypeId
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionHandler
from local_aws.services.codepipeline.rules.cloudwatch_alarm import cloudwatch_alarm
from local_aws.services.codepipeline.rules.commands import code_build, commands
from local_aws.services.codepipeline.rules.deployment_window import deployment_window
from local_aws.services.codepipeline.rules.lambda_invoke import lambda_invoke
from local_aws.services.codepipeline.rules.variable_check import variable_check
from local_aws.services.codepipeline.store.execution_rows import ExecutionStore
from local_aws.services.codepipeline.store.executions import Ledger
from local_aws.services.codepipeline.triggers.push_repositories import push_repository
from local_aws.services.ecr.blobs import StoredBlobs
from local_aws.services.ecr.scanning.images import inspected

SERVICE = "codepipeline.amazonaws.com"
CONNECTION_PREFIXES = ("codeconnections", "codestar-connections")
"""The condition keys have both spellings, as the action has."""


class Adapters:
    """What the engine asks of the host, in the engine's terms."""

    def __init__(self, host: PlatformContext) -> None:
        self._host = host
        # A client takes a tenth of a second to make, and a waiting action asks several times a second.
        self._client = lru_cache(maxsize=64)(host.client)

    def engine(self) -> Engine:
        """Make the engine; its history lies in the host's database."""
        clock, host = SystemClock(), self._host
        builds = ApiBuilds(self._client)
        return Engine(
            Parts(
                ledger=Ledger(ExecutionStore(host.database), clock),
                clock=clock,
                announcements=Announcements(self._publish),
                definitions=host.pipelines.get,
                handlers=self._handlers(builds),
                rules={
                    "VariableCheck": variable_check,
                    "DeploymentWindow": deployment_window,
                    "CodeBuild": partial(code_build, builds),
                    "Commands": partial(commands, host),
                    "CloudWatchAlarm": partial(cloudwatch_alarm, self._client, minute()),
                    "LambdaInvoke": partial(lambda_invoke, Functions(self._client)),
                },
                artifacts=S3ArtifactStore(self._client, host.refusal),
                assume_role=self.assume_role,
                region=host.region,
                account_id=host.account_id,
            )
        )

    def _handlers(self, builds: ApiBuilds) -> Mapping[TypeId, ActionHandler]:
        """Return what runs each action type here; ``aws_facts`` says what AWS takes beside."""
        build, host = CodeBuildAction(builds), self._host
        where = (host.account_id, host.region)
        registry, images = f"arn:aws:ecr:{host.region}:{host.account_id}", StoredBlobs(host.state_folder, where)
        return {
            TypeId("Source", "AWS", "CodeStarSourceConnection", "1"): ConnectionSource(
                self.repositories, self.may_use_connection
            ),
            TypeId("Build", "AWS", "CodeBuild", "1"): build,
            TypeId("Test", "AWS", "CodeBuild", "1"): build,
            TypeId("Deploy", "AWS", "ECS", "1"): EcsDeploy(self._client),
            TypeId("Deploy", "AWS", "CodeDeployToECS", "1"): CodeDeployToEcs(self._client),
            TypeId("Invoke", "AWS", "InspectorScan", "1"): InspectorScan(
                self._client, host.refusal, registry, partial(inspected, images, where)
            ),
            TypeId("Approval", "AWS", "Manual", "1"): ManualApproval(self._client),
        }

    def assume_role(
        self, role_arn: str, *, through: str, pipeline_arn: str, session_name: str, execution_id: str
    ) -> Credentials:
        """Take the pipeline's role as the service, and from there the action's own role where it has one."""
        try:
            taken = self._host.assume_role_as_service(
                service=SERVICE,
                role_arn=through,
                source_arn=pipeline_arn,
                session_name=session_name,
                execution_id=execution_id,
            )
        except ServiceError as error:
            raise ActionError(
                "PermissionError", f"CodePipeline is not authorized to perform AssumeRole on role {through}: {error}"
            ) from error
        return taken if role_arn == through else self._assume_from(taken, role_arn, session_name)

    def _assume_from(self, taken: Credentials, role_arn: str, session_name: str) -> Credentials:
        from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when an action has a role of its own

        try:
            answer = self._client("sts", taken).assume_role(RoleArn=role_arn, RoleSessionName=session_name)
        except ClientError as error:
            message = error.response["Error"].get("Message", str(error))
            raise ActionError("PermissionError", f"The action's role can't be assumed: {message}") from error
        keys = answer["Credentials"]
        expires = keys["Expiration"].timestamp()
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], expires)

    def may_use_connection(self, context: ActionContext) -> bool:
        """Ask IAM for both spellings of UseConnection."""
        configuration = context.configuration
        keys = {
            "FullRepositoryId": configuration["FullRepositoryId"],
            "BranchName": configuration["BranchName"],
            "ProviderAction": "StartUploadArchiveToS3",
        }
        spelled = {f"{prefix}:{name}": value for prefix in CONNECTION_PREFIXES for name, value in keys.items()}
        asked = Asked(USE_CONNECTION, configuration["ConnectionArn"], spelled)
        return self._host.refusal(context.credentials().access_key_id, asked) is None

    def repositories(self, connection_arn: str, name: str) -> list[Path]:
        """Return the repository that the handshake named, and the one that is pushed into."""
        try:
            named = self._host.connections.repository_of(connection_arn, name)
        except ServiceError as error:
            raise ActionError("ConfigurationError", error.message) from error
        pushed = push_repository(self._host.state_folder, name)
        return [named, *([pushed] if pushed.exists() else [])]

    def _publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        arn = f"arn:aws:codepipeline:{self._host.region}:{self._host.account_id}:{detail['pipeline']}"
        self._host.publish_event(source="aws.codepipeline", detail_type=detail_type, detail=detail, resources=[arn])
