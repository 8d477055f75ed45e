"""A project of a test's own, in the AWS that all tests share."""

from pathlib import Path

import pytest

from tests.delivery.project import Project
from tests.local_aws_fixture import LocalAws


@pytest.fixture
def project(tmp_path: Path, local_aws: LocalAws) -> Project:
    return Project(tmp_path, local_aws)
