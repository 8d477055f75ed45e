"""Feeds cost the same however large the table is: shown by what PostgreSQL reads, not by a clock."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from cruddur.activities.feeds import MOST_CANDIDATES, MOST_READ, Place, page_statement
from cruddur.routes.reading import MOST_ROWS
from tests.support.databases import Databases
from tests.support.large_table import fill

LARGE = 60_000
# A page, its replies and the index pages above them; the whole large table has more than 1,500 blocks.
MOST_BLOCKS = 1_000
FIRST_PAGE = Place(MOST_ROWS, None).values
SEARCH = {
    "pattern": "%sage 4242%",
    "word": "sage",
    "most_read": MOST_READ,
    "most_candidates": MOST_CANDIDATES,
}


@pytest.fixture(scope="module")
def large(databases: Databases, seeded_template: str) -> str:
    """A database with a large table of living activities."""
    return fill(databases.copy(seeded_template), LARGE)


def plan_of(url: str, feed: str, **values: object) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        explain = b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + page_statement(feed).encode()
        row = connection.execute(explain, FIRST_PAGE | values).fetchone()
        assert row is not None
        plan: dict[str, Any] = row[0][0]["Plan"]
        return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def rows_looked_at(node: dict[str, Any]) -> int:
    looked_at: int = node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
    return looked_at


def blocks(plan: dict[str, Any]) -> int:
    read: int = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return read


def test_home_reads_a_page_and_not_the_table(large: str) -> None:
    plan = plan_of(large, "home")
    scans = [node for node in nodes(plan) if "Scan" in node["Node Type"]]
    assert "Seq Scan" not in {node["Node Type"] for node in scans}
    assert "activities_newest_first" in {node.get("Index Name") for node in scans}
    assert max(map(rows_looked_at, scans)) <= MOST_ROWS * 20
    assert blocks(plan) <= MOST_BLOCKS


def test_home_reads_no_more_from_a_larger_table(
    large: str, databases: Databases, seeded_template: str
) -> None:
    small = fill(databases.copy(seeded_template), LARGE // 10)
    # An index that is a level higher costs each look-up a block more.
    assert blocks(plan_of(large, "home")) <= 1.5 * blocks(plan_of(small, "home"))


def test_home_does_not_walk_through_all_that_has_expired(databases: Databases, seeded_template: str) -> None:
    plan = plan_of(fill(databases.copy(seeded_template), LARGE // 4, lifetime="-1 hour"), "home")
    # They are passed over in the index alone, until they are swept.
    from_table = [node for node in nodes(plan) if node["Node Type"] in {"Index Scan", "Bitmap Heap Scan"}]
    assert max(map(rows_looked_at, from_table)) <= MOST_ROWS * 20
    assert blocks(plan) <= MOST_BLOCKS


@pytest.mark.parametrize(
    ("feed", "values", "index"),
    [
        ("by_handle", {"handle": "person-7"}, "activities_of_user"),
        ("search", SEARCH, "activities_message_parts"),
    ],
)
def test_the_other_pages_use_their_indexes(
    large: str, feed: str, values: dict[str, object], index: str
) -> None:
    found = list(nodes(plan_of(large, feed, **values)))
    assert "Seq Scan" not in {node["Node Type"] for node in found}
    assert index in {node.get("Index Name") for node in found}
