"""Who runs which test when several processes do: scenarios of one place go to one process, and begin first.

A place is a local AWS with three stacks and, for some, a released service; each process that meets a scenario of it
would make its own. The scenarios with Docker take longest, so that nothing is left to do when they end.
"""

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.scenarios.scenario import scenarios

SCENARIO = "::test_scenario["


class ByPlace(LoadScopeScheduling):
    """xdist's scheduler of groups, whose groups are the places; every other test is one by itself.

    Not ``--dist loadgroup``: that marks groups in names of tests that pytest no longer lets it change.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """Name the group of a test, by pytest's name for the test."""
    return _PLACES[_scenario(nodeid)] if SCENARIO in nodeid else nodeid


def scenarios_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Put the scenarios before all other tests, those with Docker before those without."""
    return sorted(items, key=lambda item: _TURNS.get(_scenario(item.nodeid), _LAST))


def _scenario(nodeid: str) -> str:
    return nodeid.partition(SCENARIO)[2].removesuffix("]")


_PLACES = {one.name: one.place for one in scenarios()}
_TURNS = {one.name: (not one.docker, one.place, not one.released) for one in scenarios()}
_LAST = (True, "~", True)
