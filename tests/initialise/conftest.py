"""A copy of the project, in which services are initialised."""

from pathlib import Path

import pytest

from tests.project_copy import ProjectCopy, copy_project


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    return copy_project(tmp_path / "project")
