"""A folder whose name has all that shells, botocore, git and settings files have a meaning for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.rehearsal.repository import git
from tests.delivery.project import Project
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.local_aws_fixture import local_aws_in

NAME = '-it\'s a "$HOME" földer\nwith `true` & ${PATH}; %(x)s %d #1 \\ *'


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[ReleaseProject]:
    folder = tmp_path / NAME
    folder.mkdir()
    with local_aws_in(folder / "state") as started:
        made = ReleaseProject(Project(folder, started))
        made.commit(PASSING, "pwd", message="First")
        yield made


def test_deploying_pushing_and_releasing_there(odd: ReleaseProject) -> None:
    odd.deploy()
    secret = odd.project.aws.run("stand-in", "/cruddur/odd/URL", "value")
    git(odd.repository, "push", "-q", "local", "prod")
    odd.until(odd.executions)
    pushed = odd.run("release", "--follow", odd.executions()[0]["pipelineExecutionId"])
    status, logs = odd.run("status"), odd.run("logs")

    assert (secret.returncode, secret.stderr) == (0, "")
    assert pushed.code == 0, pushed.err + pushed.out
    assert "Succeeded" in status.out
    assert "all is well" in logs.out
    assert Path(git(odd.repository, "remote", "get-url", "local")).is_dir()
