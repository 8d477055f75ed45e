"""How one service is released: what its pipeline is, and the builds that this runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from settings import formats, verification
from settings.toml_table import Table
from settings.verification import Verification

LICENCES = (
    "Apache-2.0",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "LGPL-3.0-only",
    "MIT",
    "MIT License",
    "MIT-0",
    "PSF-2.0",
)
"""What a service's packages may be licensed under, unless its settings say otherwise."""

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "NONE")
"""Of the findings of ECR's scans, and none of them."""


@dataclass(frozen=True)
class Build:
    """A CodeBuild project of a service."""

    buildspec: str
    timeout_minutes: int
    containers: bool
    """Whether its commands use Docker, which takes privileged mode."""
    coverage: bool = False
    """Whether its buildspec reports code coverage, which takes a right of its own."""


@dataclass(frozen=True)
class Checks:
    """The security checks of a service's source."""

    build: Build
    licences: tuple[str, ...]
    """Those that the packages of the service may have."""
    not_shipped: tuple[str, ...]
    """Folders below the service's whose code does not run in production."""


@dataclass(frozen=True)
class Admission:
    """What stands before a deployment: the image must be what this pipeline attested."""

    required: bool
    build: Build
    base_images: tuple[str, ...]
    """Patterns, of which the image's base image must match one."""
    scan: str
    """Which scan of the image decides: ``ecr``, which the gate reads, or ``inspector``, an action after the bake."""
    severity: str
    """From which on a finding of that scan refuses the image; NONE: no scan is looked at."""
    refuses_unfixed: bool
    """Whether findings of ECR's scan that nothing fixes refuse it, too."""

    @property
    def read_severity(self) -> str:
        """The severity from which on the gate refuses what ECR's scan found; NONE: it does not look at that."""
        return self.severity if self.scan == "ecr" else SEVERITIES[-1]

    @property
    def inspected_severities(self) -> Sequence[str]:
        """The severities of which Inspector's action may find nothing, the worst first; without any, it is not run."""
        wanted = self.scan == "inspector" and self.severity != SEVERITIES[-1]
        return SEVERITIES[: SEVERITIES.index(self.severity) + 1] if wanted else ()


@dataclass(frozen=True)
class Migrations:
    """What brings a service's database up to date before a new image is deployed."""

    command: tuple[str, ...]
    """Run in a task of the new image."""
    timeout_minutes: int


@dataclass(frozen=True)
class Delivery:
    """How a service is released: what its pipeline is, and what that runs."""

    folder: str
    pipeline: str
    images_kept: int
    test: Build
    security: Checks
    bake: Build
    admission: Admission
    migrations: Migrations | None
    verification: Verification | None
    """None where nothing is asked of what was deployed."""
    tests_pull_requests: bool
    """Whether a third project tests every pull request and reports to GitHub."""


def read(table: Table, application: str, name: str, health: str, patterns: Sequence[str]) -> Delivery:
    """Read the keys and tables of a ``[[services]]`` table that say how it is released."""
    folder = table.take_text("folder", formats.FOLDER, default=name)
    verify = table.take_table("verify") if table.has("verify") else None
    return Delivery(
        folder=folder,
        pipeline=table.take_text("pipeline", formats.PIPELINE, default=f"{application}-{name}"),
        images_kept=table.take_integer("images_kept", 1, 1000, "images", default=30),
        test=_read_tests(table.take_table("test"), f"{folder}/tests/buildspec.yml"),
        security=_read_checks(table.take_table("security"), f"{folder}/security/buildspec.yml"),
        bake=_read_bake(table.take_table("bake"), f"{folder}/buildspec.yml"),
        admission=_read_admission(table.take_table("admission"), f"{folder}/admission/buildspec.yml"),
        migrations=_read_migrations(table),
        verification=verification.read(verify, f"{folder}/verify/buildspec.yml", health, patterns) if verify else None,
        tests_pull_requests=table.take_boolean("tests_pull_requests", default=False),
    )


def _read_migrations(table: Table) -> Migrations | None:
    if not table.has("migrations"):
        return None
    own = table.take_table("migrations")
    migrations = Migrations(
        command=own.take_words("command", or_else="leave the whole table out"),
        timeout_minutes=own.take_integer("timeout_minutes", 5, 480, "minutes", default=15),
    )
    own.close()
    return migrations


def _read_tests(table: Table, buildspec: str) -> Build:
    build = _taken_build(table, buildspec, containers=table.take_boolean("containers", default=True))
    tests = replace(build, coverage=table.take_boolean("coverage", default=True))
    table.close()
    return tests


def _read_bake(table: Table, buildspec: str) -> Build:
    build = _taken_build(table, buildspec, containers=True)
    table.close()
    return build


def _read_checks(table: Table, buildspec: str) -> Checks:
    checks = Checks(
        # What they look at is read, and never run: no container is needed.
        build=_taken_build(table, buildspec, containers=False),
        licences=table.take_texts("licences", formats.LICENCE, LICENCES, at_least=1),
        not_shipped=table.take_texts("not_shipped", formats.FOLDER, ("tests", "bench")),
    )
    table.close()
    return checks


def _read_admission(table: Table, buildspec: str) -> Admission:
    admission = Admission(
        required=table.take_boolean("required", default=True),
        build=_taken_build(table, buildspec, containers=False),
        base_images=table.take_texts("base_images", formats.IMAGE_PATTERN, ("*",), at_least=1),
        scan=table.take_choice("scan", ("ecr", "inspector"), "ecr"),
        severity=table.take_choice("severity", SEVERITIES, "CRITICAL"),
        refuses_unfixed=table.take_choice("unfixed", ("report", "refuse"), "report") == "refuse",
    )
    table.close()
    return admission


def _taken_build(table: Table, buildspec: str, *, containers: bool) -> Build:
    return Build(
        buildspec=table.take_text("buildspec", formats.FOLDER, default=buildspec),
        timeout_minutes=table.take_integer("timeout_minutes", 5, 480, "minutes", default=15),
        containers=containers,
    )
