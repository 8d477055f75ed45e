"""The page and the record speak of the roles that stand in the templates."""

from proofs.rehearsal.builds import roles_in
from proofs.report import page, record
from settings.root import BUILD
from tests.proofs.conftest import Proof, digests, kept_record

AGAIN = "Run `make prove`, and commit docs/permissions.md and proofs/record.json with the change."


def test_the_record_is_of_these_roles(proof: Proof) -> None:
    kept = kept_record()
    assert kept.roles["shipped"] == digests(), AGAIN
    assert kept.roles["everything"] == record.digests(roles_in(proof.everything)), AGAIN


def test_the_record_is_read_as_it_was_written() -> None:
    assert record.written(record.read()) == record.FILE.read_text()


def test_nothing_is_missing_unneeded_or_open(proof: Proof) -> None:
    assert proof.of(BUILD, everything=False).findings == []
    assert proof.of(proof.everything, everything=True).findings == []


def test_the_page_is_what_the_record_makes(proof: Proof) -> None:
    text = page.page(proof.of(proof.everything, everything=True), proof.of(BUILD, everything=False))
    assert page.FILE.read_text() == text, AGAIN
    assert text.startswith("<!-- Made by `make prove`")


def test_the_page_names_every_action_of_every_statement(proof: Proof) -> None:
    rows = [line for line in page.FILE.read_text().splitlines() if line.startswith("| **")]
    for role in roles_in(proof.everything):
        for statement in role.grants:
            assert any(
                f"| **{statement.sid}**" in row and all(f"`{action}`" in row for action in statement.actions)
                for row in rows
            ), f"{role.id}:{statement.sid}"
