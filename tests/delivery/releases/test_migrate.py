"""Migrations, and other commands, outside of a release: by the build that a release has them run by."""

import pytest

from tests.delivery.project import Project
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.local_aws_fixture import LocalAws

IMAGE = "registry.example/web@sha256:" + "a" * 64


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> ReleaseProject:
    releases = ReleaseProject(Project(tmp_path_factory.mktemp("migrate"), local_aws))
    releases.commit(PASSING)
    releases.deploy(service={})
    return releases


def test_without_an_image_there_is_nothing_to_run(deployed: ReleaseProject) -> None:
    done = deployed.run("migrate")
    assert done.code == 2
    assert done.err.startswith("web: no image was released yet; `bin/release ")


def test_the_migrations_are_run_in_the_image_that_is_deployed(deployed: ReleaseProject) -> None:
    deployed.commit_image(IMAGE)
    assert deployed.run("release").code == 0

    done = deployed.run("migrate")
    seeded = deployed.run("migrate", "--json", "--command", "python -m 'seed it'")
    failed = deployed.run("migrate", "--command", "false")

    assert done.code == 0, done.err
    assert f"task: the migrations of {IMAGE}\n" in done.out
    assert done.out.endswith("Done: the migrations.\n")
    (line,) = seeded.of_kind("log")
    assert line["line"] == f'["python", "-m", "seed it"] of {IMAGE}'
    assert failed.code == 1
    assert "false failed: The migration failed: exit code 1, as it was told to." in failed.err


def test_a_pipeline_without_migrations_says_what_to_do(shared: ReleaseProject) -> None:
    done = shared.run("migrate")
    assert done.code == 2
    assert "it has no action Migrate, whose build runs tasks; give the service [services.migrations]" in done.err
