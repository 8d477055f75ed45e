"""What the system is made of: `config/system.toml`."""

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from settings import database, formats, gates, listener_rules, rollout, service, services_together
from settings.database import Database
from settings.service import Service
from settings.toml_file import open_table
from settings.toml_table import Table

LOG_RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

T = TypeVar("T")

INSIGHTS = ("off", "on", "enhanced")
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-ECS-cluster.html"""

COMPUTE_TYPES = ("BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE")


@dataclass(frozen=True)
class Repository:
    """The GitHub repository, the branch that releases, and the connection that reads it."""

    full_name: str
    branch: str
    connection: str


@dataclass(frozen=True)
class Foundation:
    """How long the artifact bucket keeps things, in days, and what ECR signs."""

    artifact_retention_days: int
    access_log_retention_days: int
    signed_repositories: tuple[str, ...]
    """Patterns of the repositories whose images ECR signs, with ``*`` for anything."""

    def signs(self, repository: str) -> bool:
        """Return whether ECR signs the images of a repository."""
        return any(fnmatch.fnmatchcase(repository, pattern) for pattern in self.signed_repositories)


@dataclass(frozen=True)
class Runtime:
    """Where the services run; ``wanted`` tells whether a stack of ours makes it."""

    wanted: bool
    cluster: str
    network: str
    nat_gateways: int
    log_retention_days: int
    access_logs: bool
    """Whether the load balancer's requests are written to the bucket of the access logs."""
    flow_logs: bool
    """Whether the network's connections are."""
    container_insights: str
    """One of INSIGHTS."""

    @property
    def writes_logs(self) -> bool:
        """Whether anything of it is written to the bucket of the access logs."""
        return self.wanted and (self.access_logs or self.flow_logs)


@dataclass(frozen=True)
class Builds:
    """What all builds have in common."""

    image: str
    compute_type: str
    log_retention_days: int


@dataclass(frozen=True)
class Release:
    """How a push becomes a release."""

    approval: bool
    execution_mode: str
    deployment_timeout_minutes: int


@dataclass(frozen=True)
class Project:
    """All of the settings that shape the templates."""

    application: str
    repository: Repository
    foundation: Foundation
    runtime: Runtime
    builds: Builds
    release: Release
    database: Database | None
    """None where the system has none of its own."""
    services: tuple[Service, ...]


def load(path: Path) -> Project:
    """Read the settings file at ``path``; raises ``CannotRunError`` with all its mistakes, one sentence each."""
    table, mistakes = open_table(path)
    application = table.take_text("application", formats.APPLICATION)
    has_database = table.has("database")
    project = Project(
        application=application,
        repository=_read(table, "repository", partial(_read_repository, application)),
        foundation=_read(table, "foundation", _read_foundation),
        runtime=_read(table, "runtime", partial(_read_runtime, application)),
        builds=_read(table, "builds", _read_builds),
        release=_read(table, "release", _read_release),
        database=database.read(table.take_table("database"), application) if has_database else None,
        services=tuple(
            service.read(item, application, has_database=has_database)
            for item in table.take_tables("services", at_least=1)
        ),
    )
    services_together.check(mistakes, application, project.services)
    rollout.refuse_late(mistakes, [one.rollout for one in project.services], project.release.deployment_timeout_minutes)
    if has_database and not project.runtime.wanted:
        mistakes.add("", "database", "a table, and [runtime] wanted = false", "a database in a network made here alone")
    if not project.runtime.wanted:
        rollout.refuse_unmade(mistakes, [one.rollout for one in project.services])
    gates.refuse_unwatchable(mistakes, [one.gates for one in project.services], runtime=project.runtime.wanted)
    gates.refuse_crowded(mistakes, [(one.gates, one.alarms_made) for one in project.services])
    table.close()
    mistakes.refuse()
    project = replace(project, services=listener_rules.with_priorities(project.services))
    listener_rules.refuse_shadowed(mistakes, project.services)
    mistakes.refuse()
    return project


def _read(table: Table, key: str, read: Callable[[Table], T]) -> T:
    below = table.take_table(key)
    value = read(below)
    below.close()
    return value


def _read_repository(application: str, table: Table) -> Repository:
    return Repository(
        full_name=table.take_text("full_name", formats.REPOSITORY),
        branch=table.take_text("branch", formats.BRANCH, default="prod"),
        connection=table.take_text("connection", formats.CONNECTION, default=application),
    )


def _read_foundation(table: Table) -> Foundation:
    return Foundation(
        artifact_retention_days=table.take_integer("artifact_retention_days", 1, 3650, "days", default=90),
        access_log_retention_days=table.take_integer("access_log_retention_days", 1, 3650, "days", default=365),
        signed_repositories=table.take_texts("signed_repositories", formats.REPOSITORY_PATTERN),
    )


def _read_runtime(application: str, table: Table) -> Runtime:
    return Runtime(
        wanted=table.take_boolean("wanted", default=True),
        cluster=table.take_text("cluster", formats.CLUSTER, default=application),
        network=table.take_text("network", formats.NETWORK, default="10.0.0.0/16"),
        nat_gateways=table.take_integer("nat_gateways", 0, 2, "gateways", default=1),
        log_retention_days=table.take_integer_of("log_retention_days", LOG_RETENTION_DAYS, "days", default=30),
        access_logs=table.take_boolean("access_logs", default=False),
        flow_logs=table.take_boolean("flow_logs", default=False),
        container_insights=table.take_choice("container_insights", INSIGHTS, "off"),
    )


def _read_builds(table: Table) -> Builds:
    return Builds(
        image=table.take_text("image", formats.BUILD_IMAGE, default="aws/codebuild/amazonlinux-x86_64-standard:6.0"),
        compute_type=table.take_choice("compute_type", COMPUTE_TYPES, "BUILD_GENERAL1_SMALL"),
        log_retention_days=table.take_integer_of("log_retention_days", LOG_RETENTION_DAYS, "days", default=30),
    )


def _read_release(table: Table) -> Release:
    return Release(
        approval=table.take_boolean("approval", default=False),
        execution_mode=table.take_choice("execution_mode", ("QUEUED", "SUPERSEDED"), "QUEUED"),
        deployment_timeout_minutes=table.take_integer("deployment_timeout_minutes", 5, 60, "minutes", default=15),
    )
