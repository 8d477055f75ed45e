"""Every shape that the settings can give the system passes both linters."""

from pathlib import Path

from linting import gate
from linting.engines.linter import Linter
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
