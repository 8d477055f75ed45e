"""Small pipelines of the tests' own, in the AWS that all tests share."""

from pathlib import Path

import pytest

from tests.delivery.project import Project
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.local_aws_fixture import LocalAws


@pytest.fixture
def releases(tmp_path: Path, local_aws: LocalAws) -> ReleaseProject:
    """Return a project whose pipeline is not deployed yet, with one commit that builds."""
    made = ReleaseProject(Project(tmp_path, local_aws))
    made.commit(PASSING, message="First")
    return made


@pytest.fixture(scope="session")
def _deployed(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> ReleaseProject:
    made = ReleaseProject(Project(tmp_path_factory.mktemp("shared"), local_aws))
    made.commit(PASSING, message="First")
    made.deploy()
    return made


@pytest.fixture
def shared(_deployed: ReleaseProject) -> ReleaseProject:
    """Return a deployed pipeline that tests share; nothing of it runs, and its newest commit builds."""
    for one in _deployed.executions():
        if one["status"] in ("InProgress", "Stopping"):
            _deployed.run("stop", "--abandon", "--execution", one["pipelineExecutionId"])
    _deployed.commit(PASSING, message="Good")
    return _deployed
