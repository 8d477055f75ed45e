"""A buildspec as typed values. Every class here is frozen; mappings are not to be written to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from buildspecs.reading.document import Path, Position

PHASES = ("install", "pre_build", "build", "post_build")
"""The phases that a buildspec may hold, in the order in which they run."""


class Action(StrEnum):
    """What follows on a phase that failed (``phases/*/on-failure``)."""

    ABORT = "ABORT"
    CONTINUE = "CONTINUE"
    RETRY = "RETRY"


@dataclass(frozen=True)
class OnFailure:
    """``retries`` further attempts are made while the error matches ``pattern`` (both matter for RETRY alone)."""

    action: Action
    retries: int = 0
    pattern: str = ".*"


@dataclass(frozen=True)
class Phase:
    """One phase; ``finally_commands`` run even when a command failed. ``runtime_versions`` belongs to install."""

    commands: tuple[str, ...] = ()
    finally_commands: tuple[str, ...] = ()
    on_failure: OnFailure | None = None
    run_as: str | None = None
    runtime_versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SecretReference:
    """A value in Secrets Manager; without ``json_key`` the whole secret text, without a version AWSCURRENT."""

    secret_id: str
    json_key: str = ""
    version_stage: str = ""
    version_id: str = ""


@dataclass(frozen=True)
class Environment:
    """The section ``env``. ``shell`` is ``/bin/sh`` unless the buildspec says otherwise; two are of Windows."""

    shell: str = "/bin/sh"
    variables: Mapping[str, str] = field(default_factory=dict)
    parameter_store: Mapping[str, str] = field(default_factory=dict)
    secrets_manager: Mapping[str, SecretReference] = field(default_factory=dict)
    exported_variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Artifacts:
    """Which files a build hands on. globs under ``base_directory``, a glob itself."""

    files: tuple[str, ...]
    name: str = ""
    discard_paths: bool = False
    base_directory: str = "."
    exclude_paths: tuple[str, ...] = ()
    enable_symlinks: bool = False
    s3_prefix: str = ""


@dataclass(frozen=True)
class Report:
    """Report files of one report group, which is named or given by ARN (the key of ``Buildspec.reports``)."""

    files: tuple[str, ...]
    base_directory: str = "."
    discard_paths: bool = False
    file_format: str = "JUNITXML"


@dataclass(frozen=True)
class Cache:
    """What is kept from build to build. ``action`` is ``restore``, ``save`` or empty for both."""

    paths: tuple[str, ...] = ()
    key: str = ""
    fallback_keys: tuple[str, ...] = ()
    action: str = ""


@dataclass(frozen=True)
class Buildspec:
    """A whole buildspec, version 0.2. ``phases`` has all of ``PHASES``; ``positions`` every key and item written."""

    phases: Mapping[str, Phase]
    run_as: str | None = None
    environment: Environment = field(default_factory=Environment)
    artifacts: Artifacts | None = None
    secondary_artifacts: Mapping[str, Artifacts] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    cache: Cache = field(default_factory=Cache)
    positions: Mapping[Path, Position] = field(default_factory=dict)
