"""Plays the scenarios in a local AWS of their own, and brings back what roles asked for in each."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from proofs.analysis.calls import Call, Normalizer, Use, calls_of
from proofs.policies.build import read_roles, read_templates
from proofs.rehearsal.builds import Change, hurry, rewritten, stand_in_needs, with_all_asked_for
from proofs.rehearsal.deployed_state import look
from proofs.rehearsal.executions import Steps
from proofs.rehearsal.local_account import LocalAccount, opened
from proofs.rehearsal.releasing import Releases, UnexpectedError, forget_images
from proofs.rehearsal.repository import Repository
from proofs.rehearsal.scenarios import SCENARIOS, Scenario
from settings import project
from settings.root import SETTINGS_FILE

BASE_IMAGE = "public.ecr.aws/docker/library/python:3.13-slim-bookworm"
SECONDS_FOR_DOCKER = 120


@dataclass(frozen=True)
class Failure:
    """A scenario that did not come out as it should; ``told`` is what the user would have seen."""

    scenario: str
    sentence: str
    told: str


@dataclass
class Evidence:
    """What came of the scenarios. ``calls`` by scenario; ``left_out`` gives the reason for each that was not played."""

    calls: dict[str, list[Call]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every scenario was played and came out as it should."""
        return not self.left_out and self.failure is None


@dataclass(frozen=True)
class Rehearsed:
    """The evidence, the two builds that it is about, and the place, which still answers."""

    evidence: Evidence
    shipped: Path
    everything: Path
    place: LocalAccount


@contextmanager
def rehearsed(build: Path, tell: Callable[[str], None], *changes: Change) -> Iterator[Rehearsed]:
    """Play all scenarios on the templates of ``build`` and on those with everything asked for, after ``changes``."""
    missing, fitting = missing_engine(), (hurry, stand_in_needs, *changes)
    folder = Path(tempfile.mkdtemp(prefix="prove-"))
    try:
        with ThreadPoolExecutor(max_workers=1) as beside, opened(folder) as place:
            making = beside.submit(with_all_asked_for, folder)
            evidence = Evidence()
            play = _Play(place, evidence, tell)
            shipped = rewritten(build, folder / "shipped", *fitting)
            play.all([one for one in SCENARIOS if not one.asks_for_all], shipped, missing)
            everything = rewritten(making.result(), folder / "everything", *fitting)
            play.all([one for one in SCENARIOS if one.asks_for_all], everything, missing)
            play.read()
            yield Rehearsed(evidence, shipped, everything, place)
        if not missing:
            forget_images(place.registry)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Play:
    def __init__(self, place: LocalAccount, evidence: Evidence, tell: Callable[[str], None]) -> None:
        self._evidence = evidence
        self._tell = tell
        settings = project.load(SETTINGS_FILE)
        repository = Repository(place.repository, settings.repository.branch, settings.services)
        self._releases = Releases(place, repository)
        self._releases.repository.start()
        self._ends: dict[str, float] = {}
        self._builds: list[Path] = []

    def all(self, scenarios: Sequence[Scenario], build: Path, missing: str) -> None:
        """Deploy ``build`` and play what is possible of the scenarios, up to the first that fails."""
        for scenario in scenarios:
            reason = self._obstacle(scenario, missing)
            if reason:
                self._evidence.left_out[scenario.name] = reason
                continue
            self._tell(f"{scenario.name}: {scenario.about} ...")
            try:
                if build not in self._builds:
                    self._builds.append(build)
                    self._releases.deploy(build)
                scenario.play(self._releases)
            except UnexpectedError as error:
                self._evidence.failure = Failure(scenario.name, str(error), error.told)
            self._ends[scenario.name] = time.time()

    def _obstacle(self, scenario: Scenario, missing: str) -> str:
        if self._evidence.failure:
            return f"scenario {self._evidence.failure.scenario} failed before it"
        return missing if scenario.docker else ""

    def read(self) -> None:
        """Take the calls of each scenario from the ledger."""
        if not self._builds:
            return
        templates = read_templates(self._builds[-1])
        roles, found = read_roles(templates), look(self._releases.aws, templates)
        steps = Steps(self._releases.actions(), roles)
        lines, began = self._releases.place.calls(), 0.0
        for name, end in self._ends.items():
            own = [line for line in lines if began < line["time"] <= end]

            def use(line: Mapping[str, object], role: str, name: str = name) -> Use:
                return Use(name, steps.name(line, role))

            self._evidence.calls[name] = calls_of(own, roles, Normalizer(found.names), use, found.arns)
            began = end


def missing_engine() -> str:
    """Say what keeps this machine from building and running images; nothing where nothing does."""
    if not _succeeds("docker", "info"):
        return "no Docker engine answers on this machine: images can't be built, containers can't be run"
    if not _succeeds("docker", "image", "inspect", BASE_IMAGE) and not _succeeds("docker", "pull", BASE_IMAGE):
        return f"the Docker engine has no {BASE_IMAGE} and can't pull it"
    return ""


def _succeeds(*words: str) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False, timeout=SECONDS_FOR_DOCKER).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
