"""`docs/rules.md` says what the rules say."""

from linting import rules_page
from linting.rule_index import entries
from tests.lint_rules.corpus import pack


def test_the_page_is_fresh() -> None:
    assert rules_page.PAGE.read_text("utf-8") == rules_page.page(), "run `make rules`"


def test_every_rule_is_explained_with_its_source() -> None:
    by_id = {one.id: one for one in entries()}
    assert set(pack()) <= set(by_id)
    assert len(by_id) == len(entries())
    assert len({identifier[1:] for identifier in by_id}) == len(by_id)
    for one in by_id.values():
        assert one.shortdesc, one.id
        assert len(one.description.split()) > 5, one.id
        assert one.source_url.startswith("https://docs."), (one.id, one.source_url)


def test_each_part_of_the_page_has_its_rules() -> None:
    known = {digits for digits, _ in rules_page.PARTS}
    assert {one.id[1:3] for one in entries()} == known
