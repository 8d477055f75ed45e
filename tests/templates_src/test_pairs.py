"""Every two settings, together: a table of settings in which each pair of values is met at least once.

Most faults of a combination are faults of two of its values: https://csrc.nist.gov/projects/automated-combinatorial-testing-for-software
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from pathlib import Path

import pytest

from contracts import check as contracts
from linting import gate
from linting.engines.linter import Linter
from reporting.errors import CannotRunError
from settings import project as project_settings
from settings.root import PROJECT_ROOT
from synthesis.build_folder import documents, templates_of
from system_model.repository import Repository
from tests.templates_src.systems import VARIANTS, settings_of

SHIPPED = "as shipped"
FACTORS = (
    ("own runtime", "no nat", "nat in each zone"),
    ("approval",),
    ("pull requests",),
    ("superseded",),
    ("no health command",),
    ("not watched", "blue-green", "paused", "asked", "canary", "linear", "codedeploy"),
    ("no gate",),
    ("inspector",),
    ("no verify",),
    ("no migrations",),
    ("gates",),
    ("other alarms",),
    ("logs of the runtime", "logs of requests"),
    ("signed images",),
    ("no secrets", "database", "database of others"),
    ("no own address",),
)
"""Variants that exclude each other, by the setting that they change; each may be as it is shipped, too."""
VALUES = tuple((SHIPPED, *factor) for factor in FACTORS)

Place = tuple[int, str]
"""A value, and the number of the factor that it is of."""


def together(variants: Iterator[str] | list[str]) -> tuple[tuple[str, str], ...]:
    return tuple(change for variant in variants for change in VARIANTS[variant])


def is_accepted(folder: Path, pair: tuple[Place, Place]) -> bool:
    """Return whether the settings take two values together."""
    try:
        project_settings.load(settings_of(folder, together([value for _, value in pair])))
    except CannotRunError:
        return False
    return True


def rows(folder: Path) -> Iterator[list[str]]:
    """Cover every accepted pair: each row begins with one that is left, and takes on what covers the most others."""
    places = [(number, value) for number, values in enumerate(VALUES) for value in values]
    accepted = {pair: is_accepted(folder, pair) for pair in combinations(places, 2) if pair[0][0] != pair[1][0]}
    left = {pair for pair, taken in accepted.items() if taken}
    while left:
        row = dict(min(left))
        for number, values in enumerate(VALUES):
            if number not in row:
                pairs_of = {value: _with(row, (number, value)) for value in values}
                possible = [value for value in values if all(accepted[pair] for pair in pairs_of[value])]
                row[number] = max(possible, key=lambda value: len(pairs_of[value] & left))
        left -= set(combinations(sorted(row.items()), 2))
        yield [row[number] for number in sorted(row)]


def _with(row: Mapping[int, str], place: Place) -> set[tuple[Place, Place]]:
    return {(min(place, other), max(place, other)) for other in row.items()}


def test_each_variant_is_of_one_factor() -> None:
    assert sorted(value for factor in FACTORS for value in factor) == sorted(set(VARIANTS) - {SHIPPED})


@pytest.mark.slow
def test_every_pair_of_settings_is_clean(tmp_path: Path) -> None:
    """Both linters and the contracts between templates, buildspecs and files find nothing in any row."""
    distinct: dict[bytes, str] = {}
    repository = Repository(PROJECT_ROOT)
    for number, row in enumerate(rows(tmp_path)):
        made = documents(project_settings.load(settings_of(tmp_path, together(row))))
        assert contracts.check(made, repository) == [], row
        distinct |= {content: f"{number}-{name}" for name, content in templates_of(made).items()}
    looked_at = {name: content for content, name in distinct.items()}
    for name, content in looked_at.items():
        (tmp_path / name).write_bytes(content)
    with Linter() as linter:
        assert gate.check(linter, tmp_path, looked_at, ["ca-central-1"], lambda _: None) == []


def test_the_table_meets_every_pair(tmp_path: Path) -> None:
    table = list(rows(tmp_path))
    for (first, values), (second, others) in combinations(enumerate(VALUES), 2):
        for value, other in product(values, others):
            met = any(row[first] == value and row[second] == other for row in table)
            assert met or not is_accepted(tmp_path, ((first, value), (second, other)))
    assert len(table) < len(VALUES) ** 2
