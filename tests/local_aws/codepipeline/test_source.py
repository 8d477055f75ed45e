"""The source action, on real git repositories."""

import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local_aws.services.codepipeline.actions.source import WORKING_TREE, ConnectionSource
from local_aws.services.codepipeline.engine.ports import ActionError, ActionResult
from local_aws.services.codepipeline.store.records import SourceOverride
from local_aws.services.codepipeline.triggers.git import NO_COMMIT, Repository, create_bare
from proofs.rehearsal.repository import git
from tests.local_aws.codepipeline.actions_context import ActionsContext

CONFIGURATION = {"ConnectionArn": "arn:c", "FullRepositoryId": "owner/name", "BranchName": "prod"}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "prod")
    (folder / "app.py").write_text("one\n")
    (folder / "run").write_text("#!/bin/sh\n")
    (folder / "run").chmod(0o755)
    (folder / ".gitignore").write_text("ignored\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "First\n\nWith a body")
    return folder


def run(
    repository: Path, override: SourceOverride | None = None, **configuration: str
) -> tuple[ActionResult, zipfile.ZipFile]:
    surroundings = ActionsContext()
    context = surroundings.context({**CONFIGURATION, **configuration}, ("SourceArtifact",), override)
    result = ConnectionSource(lambda _connection, _name: [repository], lambda _: True).run(context)
    return result, zipfile.ZipFile(io.BytesIO(surroundings.written["SourceArtifact"]))


def test_the_branch_s_newest_commit_becomes_the_artifact(repository: Path) -> None:
    result, archive = run(repository)
    commit = git(repository, "rev-parse", "HEAD")
    assert sorted(archive.namelist()) == [".gitignore", "app.py", "run"]
    assert archive.getinfo("run").external_attr >> 16 & 0o111
    assert result.revision is not None
    assert result.revision.id == result.external_id == commit
    assert json.loads(result.summary) == {"ProviderType": "GitHub", "CommitMessage": "First\n\nWith a body"}
    assert result.variables == {
        "AuthorDate": git(repository, "log", "-1", "--format=%aI"),
        "BranchName": "prod",
        "CommitId": commit,
        "CommitMessage": "First\n\nWith a body",
        "ConnectionArn": "arn:c",
        "FullRepositoryName": "owner/name",
    }


def test_what_is_not_committed_is_not_in_it(repository: Path) -> None:
    (repository / "app.py").write_text("two\n")
    assert run(repository)[1].read("app.py") == b"one\n"


def test_a_commit_asked_for_is_taken_with_the_branch_it_came_by(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    (repository / "app.py").write_text("two\n")
    git(repository, "commit", "-qam", "Second")
    result, archive = run(repository, SourceOverride("COMMIT_ID", first, "feature/x"))
    assert archive.read("app.py") == b"one\n"
    assert (result.variables["CommitId"], result.variables["BranchName"]) == (first, "feature/x")


def test_a_commit_may_lie_in_another_of_the_repositories(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "pushed.git"
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(other))
    commit = git(repository, "rev-parse", "HEAD")
    empty = tmp_path / "empty"
    create_bare(empty)
    surroundings = ActionsContext()
    context = surroundings.context(CONFIGURATION, ("SourceArtifact",), SourceOverride("COMMIT_ID", commit))
    result = ConnectionSource(lambda _connection, _name: [empty, other], lambda _: True).run(context)
    assert result.external_id == commit
    of_the_branch = surroundings.context(CONFIGURATION, ("SourceArtifact",))
    result = ConnectionSource(lambda _connection, _name: [empty, other], lambda _: True).run(of_the_branch)
    assert result.external_id == commit


def test_what_is_checked_out_stands_for_a_branch_that_is_nowhere(repository: Path, tmp_path: Path) -> None:
    assert run(repository, BranchName="nowhere")[0].external_id == git(repository, "rev-parse", "HEAD")
    empty = tmp_path / "empty"
    create_bare(empty)
    words = r"No Branch \[nowhere\] found for FullRepositoryName \[owner/name\]"
    with pytest.raises(ActionError, match=words):
        run(empty, BranchName="nowhere")


def test_a_repository_that_several_make_at_once_is_made_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(5):
            path = tmp_path / "repositories" / f"{number}.git"
            assert list(pool.map(create_bare, [path] * 8)) == [None] * 8
            assert git(path, "rev-parse", "--is-bare-repository") == "true"
    assert sorted(one.name for one in (tmp_path / "repositories").iterdir()) == [f"{number}.git" for number in range(5)]


def test_one_that_was_half_made_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "half.git"
    (path / "hooks").mkdir(parents=True)
    create_bare(path)
    assert git(path, "rev-parse", "--is-bare-repository") == "true"


def test_the_working_tree_is_marked_dirty_and_leaves_no_trace(repository: Path) -> None:
    (repository / "app.py").write_text("two\n")
    (repository / "new.py").write_text("new\n")
    (repository / "ignored").write_text("secret\n")
    before = git(repository, "status", "--porcelain"), git(repository, "count-objects", "-v")
    result, archive = run(repository, SourceOverride("COMMIT_ID", WORKING_TREE))
    assert archive.read("app.py") == b"two\n"
    assert sorted(archive.namelist()) == [".gitignore", "app.py", "new.py", "run"]
    assert result.revision is not None
    assert result.revision.id.endswith("-dirty")
    assert result.variables["CommitId"] == result.revision.id
    assert "Uncommitted changes on top of" in result.summary
    assert (git(repository, "status", "--porcelain"), git(repository, "count-objects", "-v")) == before


def test_a_working_tree_without_changes_is_its_commit(repository: Path) -> None:
    assert run(repository, SourceOverride("COMMIT_ID", WORKING_TREE))[0].external_id == git(
        repository, "rev-parse", "HEAD"
    )


@pytest.mark.parametrize(
    ("override", "configuration", "words"),
    [
        (SourceOverride("COMMIT_ID", "f" * 40), {}, r"No commit \[f+\] found"),
        (SourceOverride("COMMIT_ID", "--all"), {}, r"No commit \[--all\] found"),
        (None, {"OutputArtifactFormat": "CODEBUILD_CLONE_REF"}, "CODE_ZIP only"),
    ],
)
def test_what_can_not_be_taken_says_so(
    repository: Path, override: SourceOverride | None, configuration: dict[str, str], words: str
) -> None:
    with pytest.raises(ActionError, match=words):
        run(repository, override, **configuration)


def test_a_role_that_may_not_use_the_connection_fails_in_aws_s_words(repository: Path) -> None:
    context = ActionsContext().context(CONFIGURATION, ("SourceArtifact",))
    with pytest.raises(ActionError, match="Unable to use Connection: arn:c") as refused:
        ConnectionSource(lambda _connection, _name: [repository], lambda _: False).run(context)
    assert refused.value.code == "PermissionError"


def test_a_folder_that_is_no_repository_fails_in_a_sentence(tmp_path: Path) -> None:
    gone = rf"The repository owner/name is gone: {re.escape(str(tmp_path))} is not a git repository any more\."
    for override in (None, SourceOverride("COMMIT_ID", "f" * 40), SourceOverride("COMMIT_ID", WORKING_TREE)):
        with pytest.raises(ActionError, match=gone):
            run(tmp_path, override)
    with pytest.raises(ActionError, match="/nowhere does not exist any more"):
        run(tmp_path / "nowhere")


def test_a_repository_above_does_not_stand_for_one_that_is_gone(repository: Path) -> None:
    (repository / "below").mkdir()
    with pytest.raises(ActionError, match="below is not a git repository any more"):
        run(repository / "below")


def test_changed_paths(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    (repository / "app.py").unlink()
    (repository / "ü new.py").write_text("one\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Second")
    second = git(repository, "rev-parse", "HEAD")
    assert Repository(repository).changed_paths(first, second) == ["app.py", "ü new.py"]
    assert Repository(repository).changed_paths(NO_COMMIT, second) == [".gitignore", "app.py", "run", "ü new.py"]
    assert Repository(repository).changed_paths(NO_COMMIT, first) == [".gitignore", "app.py", "run"]
