"""The git remote that leads to the local AWS."""

from pathlib import Path

import pytest

from local_aws.process.git_remotes import offer
from proofs.rehearsal.repository import git
from reporting.errors import CannotRunError

ADDRESS = "/state/repositories/owner/name.git"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "prod")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "First")
    return tmp_path


def test_it_is_added_once_and_told_once(repository: Path) -> None:
    told = f"Remote local of {repository} is new: `git push local prod` releases."
    assert list(offer(repository, ADDRESS, "prod")) == [told]
    assert git(repository, "remote", "get-url", "local") == ADDRESS
    assert list(offer(repository, ADDRESS, "prod")) == []


def test_one_that_leads_elsewhere_is_left_alone(repository: Path) -> None:
    git(repository, "remote", "add", "local", "/elsewhere")
    (told,) = offer(repository, ADDRESS, "prod")
    assert "leads to /elsewhere and is left alone" in told
    assert f"`git push {ADDRESS} prod` releases" in told
    assert f"`git remote set-url local {ADDRESS}`" in told
    assert git(repository, "remote", "get-url", "local") == "/elsewhere"


def test_a_branch_that_is_missing_is_told_with_how_to_make_it(repository: Path) -> None:
    *_, told = offer(repository, ADDRESS, "release")
    assert "has no branch release yet: `git switch -c release` makes it" in told


def test_what_is_no_repository_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="git could not add the remote local to"):
        list(offer(tmp_path / "nowhere", ADDRESS, "prod"))
