"""Releases from push to answer, in the local AWS: each folder beside this file tells of one (docs/rehearsal.md)."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from proofs.rehearsal.rehearsal_runner import missing_engine
from settings.root import PROJECT_ROOT
from tests.scenarios.place import Place, opened
from tests.scenarios.polling import Client, ask
from tests.scenarios.rehearsal import Rehearsal
from tests.scenarios.scenario import Expected, Scenario, scenarios
from tests.scheduling import group


@pytest.fixture(scope="session")
def docker() -> None:
    """Skip where no Docker engine answers, or where it can't have the image that the service is made from."""
    if missing := missing_engine():
        pytest.skip(f"{missing}; .ci/stand-in-images makes the base image")


class Places:
    """The places that scenarios have opened so far."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._open: dict[str, Place] = {}
        self._released: set[str] = set()

    def of(self, scenario: Scenario) -> Place:
        if scenario.place not in self._open:
            folder = self._folder / f"place-{len(self._open)}"
            self._open[scenario.place] = self._stack.enter_context(opened(folder, scenario))
        place = self._open[scenario.place]
        if scenario.released and scenario.place not in self._released:
            place.commit()
            released = place.command("release")
            assert released.returncode == 0, released.stdout + released.stderr
            self._released.add(scenario.place)
        return place


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with ExitStack() as stack:
        yield Places(tmp_path_factory.mktemp("scenarios"), stack)


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Scenario:
    told: Scenario = request.param
    if told.docker:
        request.getfixturevalue("docker")
    return told


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "scenario",
    [pytest.param(one, id=one.name, marks=one.slow * [pytest.mark.slow]) for one in scenarios()],
    indirect=True,
)
def test_scenario(scenario: Scenario, places: Places) -> None:
    place = places.of(scenario)
    rehearsal = Rehearsal(place, scenario.folder)
    place.gate.shut()
    with Client(place.address) if scenario.released else nullcontext() as client:
        try:
            for step in scenario.steps:
                rehearsal.do(step)
            rehearsal.finish()
        finally:
            rehearsal.leave()
    assert len(rehearsal.executions()) == len(scenario.executions), rehearsal.described()
    for number, expected in enumerate(scenario.executions, 1):
        _compare(rehearsal, number, expected)
    if client is not None:
        assert client.failed == {}, "a client saw failed requests"
        assert client.answers
        assert not scenario.unchanged or len(client.answers) == 1, f"the answer changed: {client.answers}"
    if scenario.answer:
        assert ask(place.address) == (200, scenario.answer)
    if scenario.gone:
        left = subprocess.run(["pgrep", "--full", place.gate.name], capture_output=True, text=True, check=False)
        assert left.stdout == "", "a process of the build is left"


def test_the_page_lists_every_scenario_and_whether_it_needs_docker() -> None:
    listed = {
        name.strip("` "): mark.strip()
        for line in (PROJECT_ROOT / "docs" / "rehearsal.md").read_text().splitlines()
        if line.startswith("| `") and line.count("|") == 4
        for name, mark in [line.split("|")[1:3]]
    }
    assert listed == {one.name: "D" if one.docker else "" for one in scenarios()}


def test_scenarios_of_one_place_are_one_group(request: pytest.FixtureRequest) -> None:
    groups = {item.nodeid: group(item.nodeid) for item in request.session.items}
    places = {one.name: one.place for one in scenarios()}
    of_scenarios = {name: found for name, found in groups.items() if "::test_scenario[" in name}
    assert all(found == places[name.split("[")[1].rstrip("]")] for name, found in of_scenarios.items())
    others = {name: found for name, found in groups.items() if name not in of_scenarios}
    assert all(found in {name, name.partition("::")[0]} for name, found in others.items())
    assert len(places) > len(set(places.values()))


def _compare(rehearsal: Rehearsal, number: int, expected: Expected) -> None:
    assert rehearsal.status(number) == expected.status, rehearsal.described()
    assert rehearsal.stages(number) == dict(expected.stages), rehearsal.described()
    assert expected.reason in rehearsal.reason(number)
    for action, lines in expected.log.items():
        log = rehearsal.log(number, action)
        for line in lines:
            assert line in log, log
