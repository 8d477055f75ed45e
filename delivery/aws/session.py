"""The one way to AWS: sessions and typed clients made from an environment.

Retries are botocore's adaptive ones, which also slow down where AWS throttles
(https://docs.aws.amazon.com/boto3/latest/guide/retries.html). The environment's ``request_seconds`` bound a request
with all its retries.
"""

from __future__ import annotations

import os
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from delivery.aws.client import Client, Requests
from delivery.aws.errors import translated
from delivery.aws.login import Login
from delivery.aws.network import check_authorities, is_on_this_machine
from delivery.aws.polling import WAIT_MINUTES
from reporting.errors import CannotRunError
from settings.environment import Environment

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_codebuild import CodeBuildClient
    from mypy_boto3_codeconnections import CodeConnectionsClient
    from mypy_boto3_codepipeline import CodePipelineClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient


CONNECT_TIMEOUT = 10
"""Seconds that a connection may take."""

ATTEMPTS = 8
"""How often a request is tried in all, with adaptive waits between."""

FIRST_ATTEMPTS = 2
"""The same for the very first call, which shows whether anybody answers at all."""


class Aws:
    """The services of one environment. Each client is made when it is first asked for.

    ``wait_minutes`` bounds every wait for something that happens there.
    """

    def __init__(self, environment: Environment, wait_minutes: float = WAIT_MINUTES) -> None:
        self.environment = environment
        self.wait_minutes = wait_minutes
        with translated(environment):
            self._settings = _settings(environment)
            check_authorities(environment, self._settings.get_config_variable("ca_bundle"))
            self._requests = Requests(environment, Login(environment, self._settings))
            self._session = boto3.Session(botocore_session=self._settings, region_name=environment.region)

    @property
    def configured_region(self) -> str | None:
        """The region that the credentials' profile or the shell is set to; ``None`` where neither says one."""
        with translated(self.environment):
            if self.environment.credentials_file is None:
                named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
                return named or self._settings.get_scoped_config().get("region")
            return self._settings.get_scoped_config().get("region")

    @cached_property
    def sts(self) -> STSClient:
        """Whose credentials these are."""
        return cast("STSClient", self._client("sts", FIRST_ATTEMPTS))

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """Stacks and change sets."""
        return cast("CloudFormationClient", self._client("cloudformation"))

    @cached_property
    def ecs(self) -> ECSClient:
        """Services and their task definitions."""
        return cast("ECSClient", self._client("ecs"))

    @cached_property
    def codedeploy(self) -> Any:  # noqa: ANN401 - there are no stubs of it here
        """Deployments of CodeDeploy."""
        return self._client("codedeploy")

    @cached_property
    def route53(self) -> Any:  # noqa: ANN401 - there are no stubs of it here
        """Zones of domains."""
        return self._client("route53")

    @cached_property
    def elbv2(self) -> ElasticLoadBalancingv2Client:
        """Load balancers and the rules of their listeners."""
        return cast("ElasticLoadBalancingv2Client", self._client("elbv2"))

    @cached_property
    def s3(self) -> S3Client:
        """The bucket that large templates go through, and where attestations lie."""
        return cast("S3Client", self._client("s3"))

    @cached_property
    def kms(self) -> KMSClient:
        """Signatures."""
        return cast("KMSClient", self._client("kms"))

    @cached_property
    def ssm(self) -> SSMClient:
        """Parameter Store."""
        return cast("SSMClient", self._client("ssm"))

    @cached_property
    def codepipeline(self) -> CodePipelineClient:
        """Pipelines and their executions."""
        return cast("CodePipelineClient", self._client("codepipeline"))

    @cached_property
    def codebuild(self) -> CodeBuildClient:
        """Builds and their reports."""
        return cast("CodeBuildClient", self._client("codebuild"))

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """What builds and tasks wrote."""
        return cast("CloudWatchLogsClient", self._client("logs"))

    @cached_property
    def ecr(self) -> ECRClient:
        """Images."""
        return cast("ECRClient", self._client("ecr"))

    @cached_property
    def iam(self) -> IAMClient:
        """Roles and what they may do."""
        return cast("IAMClient", self._client("iam"))

    @cached_property
    def codeconnections(self) -> CodeConnectionsClient:
        """Connections to GitHub."""
        return cast("CodeConnectionsClient", self._client("codeconnections"))

    def _client(self, service: str, attempts: int = ATTEMPTS) -> Client:
        address = self.environment.endpoint_url
        config = Config(  # type: ignore[call-arg]  # the stubs lack ignore_configured_endpoint_urls
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=self.environment.request_seconds,
            retries={"mode": "adaptive", "total_max_attempts": attempts},
            ignore_configured_endpoint_urls=True,
            proxies={} if is_on_this_machine(address) else None,
            s3={"addressing_style": "path" if address else "auto"},
        )

        def make() -> Any:  # noqa: ANN401 - a client of any service
            return self._session.client(service, endpoint_url=address, config=config)  # type: ignore[call-overload]

        return self._requests.client(make)


def unexpanded(path: Path) -> str:
    """Name a file so that botocore, which expands variables in the names of its files, finds it.

    A folder may well be called ``$HOME``. Such a file is opened, for as long as the process lives, and named by that.
    """
    name = str(path)
    if os.path.expandvars(name) == name:
        return name
    try:
        return f"/dev/fd/{os.open(path, os.O_RDONLY)}"
    except OSError as error:
        raise CannotRunError(f"{path}: the credentials can't be read: {error.strerror}.") from None


def _settings(environment: Environment) -> botocore.session.Session:
    """Make a session that reads what the environment file names, and the usual places only where it names none."""
    session = botocore.session.Session(profile=environment.profile)
    if environment.credentials_file is not None:
        session.set_config_variable("credentials_file", unexpanded(environment.credentials_file))
        session.set_config_variable("config_file", os.devnull)
        if environment.profile is None:
            session.set_config_variable("profile", "default")
    session.register_component("data_loader", _descriptions(session.get_config_variable("data_path")))
    return session


@cache
def _descriptions(data_path: str | None) -> Loader:
    """Return what reads botocore's descriptions of the services: each file once, for all sessions of a process."""
    return create_loader(data_path)
