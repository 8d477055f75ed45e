"""Every shape that the settings can give the system passes both linters."""

from pathlib import Path

from contracts import check as contracts
from linting import gate
from linting.engines.linter import Linter
from settings import project as project_settings
from settings.root import PROJECT_ROOT
from synthesis.build_folder import documents
from system_model.repository import Repository
from tests.templates_src.test_stacks import VARIANTS, documents_of


def test_every_variant_is_clean(tmp_path: Path) -> None:
    made = {
        f"{variant.replace(' ', '-')}-{name}": content
        for variant, changes in VARIANTS.items()
        for name, content in documents_of(tmp_path, changes).items()
    }
    # The foundation is the same in each; once is enough.
    distinct = {content: name for name, content in made.items()}
    looked_at = {name: content for content, name in distinct.items()}
    assert len(looked_at) > len(VARIANTS)
    for name, content in looked_at.items():
        (tmp_path / name).write_bytes(content)
    with Linter() as linter:
        assert gate.check(linter, tmp_path, looked_at, ["ca-central-1"], lambda _: None) == []


def test_the_files_of_a_system_with_a_database_hold_together(tmp_path: Path) -> None:
    documents_of(tmp_path, VARIANTS["database"])
    made = documents(project_settings.load(tmp_path / "system.toml"))
    assert contracts.check(made, Repository(PROJECT_ROOT)) == []
