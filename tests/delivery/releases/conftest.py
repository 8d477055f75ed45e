"""Small pipelines of the tests' own, in the AWS that all tests share."""

from pathlib import Path

import pytest

from tests.delivery.project import Project
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.local_aws_fixture import LocalAws


@pytest.fixture
def releases(tmp_path: Path, local_aws: LocalAws) -> ReleaseProject:
    """Give a project whose pipeline is not deployed yet, with one commit that builds."""
    made = ReleaseProject(Project(tmp_path, local_aws))
    made.commit(PASSING, message="First")
    return made
