"""Who runs which test when several processes do: tests that share something costly go to one process.

A file's tests share what its fixtures make: a release, containers, stacks. Scenarios share a place, which is a local
AWS with four stacks and, for some, a released service. Each process that met one of them would make its own. The
scenarios with Docker take longest and begin first, so that nothing is left to do when they end.
"""

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.scenarios.scenario import scenarios

SCENARIO = "::test_scenario["
TABLES = ("/test_every_state", "/initialise/test_", "/synthesis/test_command.py")
"""Files whose many cases share nothing that is costly: each may go to any process."""
LONG = "tests/verification/test_commands.py"
"""A file whose tests wait and go to one process: not the last one, which the others would wait for."""


class ByPlace(LoadScopeScheduling):
    """xdist's scheduler of groups, whose groups are the places of scenarios, and the files of all other tests.

    Not ``--dist loadgroup``: that marks groups in names of tests that pytest no longer lets it change.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """Name the group of a test, by pytest's name for the test."""
    if any(table in nodeid for table in TABLES):
        return nodeid
    return _PLACES[_scenario(nodeid)] if SCENARIO in nodeid else nodeid.partition("::")[0]


def scenarios_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Put the scenarios before all other tests, those with Docker before those without."""
    return sorted(items, key=lambda item: (_TURNS.get(_scenario(item.nodeid), _LAST), not item.nodeid.startswith(LONG)))


def _scenario(nodeid: str) -> str:
    return nodeid.partition(SCENARIO)[2].removesuffix("]")


_PLACES = {one.name: one.place for one in scenarios()}
_TURNS = {one.name: (not one.docker, one.place, not one.released) for one in scenarios()}
_LAST = (True, "~", True)
