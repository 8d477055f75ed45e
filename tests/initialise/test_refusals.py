"""What `make init` refuses: in one sentence, and nothing is written."""

import pytest

from tests.initialise.initialising import REPOSITORY, files, refused
from tests.initialise.services import write_service
from tests.project_copy import ProjectCopy

REFUSED = (
    ((), "which would be changed; allowed with --yes"),
    (("--yes", "--port", "80"), "--port: found the text '80'"),
    (("--yes", "--folder", "../shop"), "--folder: found the text '../shop'"),
    (("--yes", "--port", "08080"), "--port: found the text '08080'"),
    (("--yes", "--folder", "my shop"), "names of letters, digits and . _ - alone"),
    (("--yes", "--folder", "nowhere"), "nowhere: found no such folder"),
    (("--yes", "--folder", "config"), "found no Flask, FastAPI or Django application and no Dockerfile"),
    (("--yes", "--secrets", "KEY,KEY"), "--secrets: found the text 'KEY,KEY'"),
    (("--yes", "--secrets", "small"), "--secrets: found the text 'small'"),
    (("--yes", "--application", "My App"), "--application: found the text 'My App'"),
    (("--yes", "--repository", "shop"), "--repository: found the text 'shop'"),
    (("--yes", "--paths", "/a/*"), "--paths: found one; allowed: with --service alone"),
    (("--yes", "--service", "Bad Name"), "--service: found the text 'Bad Name'"),
    (("--yes", "--service", "backend-flask"), "which config/system.toml has already"),
    (("--yes", "--service", "shop", "--paths", "/*"), "which '/*' of backend-flask takes first"),
    (("--yes", "--health", "health"), "--health: found the text 'health'"),
)


@pytest.mark.parametrize(("words", "sentence"), REFUSED)
def test_what_is_refused_is_one_sentence_and_changes_nothing(
    project: ProjectCopy, words: tuple[str, ...], sentence: str
) -> None:
    write_service(project.root, "flask", "shop")
    before = files(project)
    given = () if "--repository" in words or "--service" in words else REPOSITORY[:2]
    assert sentence in refused(project, *given, *words)
    assert files(project) == before


def test_a_folder_with_a_repository_of_its_own_is_refused(project: ProjectCopy) -> None:
    write_service(project.root, "flask", "apps/shop")
    (project.root / "apps" / ".git").mkdir()
    said = refused(project, "--yes", *REPOSITORY, "--folder", "apps/shop")
    assert said.startswith("apps/.git: found a Git repository of its own")
    assert not (project.root / "apps" / "shop" / "Dockerfile").exists()


def test_a_folder_that_cannot_be_written_leaves_all_as_it_was(project: ProjectCopy) -> None:
    write_service(project.root, "flask", "shop")
    (project.root / "shop" / "tests").write_text("no folder")
    before = files(project)
    done = project.run("bin/init", "--yes", *REPOSITORY)
    assert done.returncode == 2
    assert files(project) == before
