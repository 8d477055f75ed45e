"""`make bench-release`: a warm release of the service, action by action, beside the same commands bare in a shell.

Warm: the service runs, the images and their layers are there, and one line of the service has changed. Both sides run
the whole Test stage. The health-check interval and the bake are what Deploy can't but wait for, once. Each release has
a run by hand beside it, before or after it in turn, and is compared with that alone: a machine that is busy slows both.
So it has a release whose Test action is as it was, without the kept environment and with one process: Test may take
0.6 of that. And it has one through the same pipeline without its gates (Secure, Admit with the scan of the image,
Verify, and the signing of the bake): the whole may take 1.2 times that.
The verdicts are those of the median pair, and they are the exit code: 0 all met, 1 one missed.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.by_hand import ByHand
from benchmarks.earlier_tests import earlier_tests
from benchmarks.measuring import parser_of
from benchmarks.without_gates import GATES, without_gates
from local_aws.platform.minute import minute
from proofs.rehearsal.repository import start_repository
from reporting import command
from reporting.errors import CannotRunError, FailedError
from reporting.exit_codes import ExitCode
from reporting.terminal import Progress
from settings.root import PROJECT_ROOT
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import local_aws_in
from tests.scenarios.place import PIPELINE, Place

STEPS = {
    "Source": ("git archive",),
    "Test": ("environment, database, pytest",),
    "bake": ("docker build", "docker push"),
    "Migrate": ("migration",),
    "Deploy": ("container start",),
    "Verify": ("requests",),
}
"""The bare steps that an action's work consists of."""
BAR = 1.25
TEST_BAR = 0.6
GATES_BAR = 1.2
WHOLE = "whole"
CHANGED = "backend-flask/cruddur/version.py"


@dataclass(frozen=True)
class Pair:
    """The seconds of each action of one release, with the whole, and of what is beside it.

    That is each bare step, Test as it was, and each action of a release without gates.
    """

    released: Mapping[str, float]
    bare: Mapping[str, float]
    earlier_test: float
    ungated: Mapping[str, float]

    @property
    def over(self) -> float:
        """The seconds by which the release took longer than is allowed; negative where it met the bar."""
        return self.released[WHOLE] - BAR * sum(self.bare.values()) - _waited_for()

    @property
    def of_earlier_test(self) -> float:
        """What Test takes, as a part of what it took."""
        return self.released["Test"] / self.earlier_test

    @property
    def of_ungated(self) -> float:
        """What the whole takes, as a multiple of what it takes without gates."""
        return self.released[WHOLE] / self.ungated[WHOLE]


BARS: Mapping[str, tuple[Callable[[Pair], float], float]] = {
    "over": (lambda pair: pair.over, 0.0),
    "of_earlier_test": (lambda pair: pair.of_earlier_test, TEST_BAR),
    "of_ungated": (lambda pair: pair.of_ungated, GATES_BAR),
}
"""What of a pair is held against a bar, and the most that it may be."""


def main(words: Sequence[str]) -> ExitCode:
    """Measure, and print one table."""
    chosen = parser_of("bin/bench-release", __doc__, 3, "so many pairs are measured").parse_args(words)
    progress = Progress()
    _check_engine()
    with tempfile.TemporaryDirectory(prefix="bench-release-") as folder, local_aws_in(Path(folder) / "state") as aws:
        place = Place(Path(folder), aws, PROJECT_ROOT / "build", has_database=True)
        by_hand = ByHand(aws, place.repository, Path(folder))
        progress.show("deploying, and releasing once, so that the next release is a warm one ...")
        _warm_up(place, by_hand)
        pairs = [_pair(place, by_hand, number, progress) for number in range(1, chosen.runs + 1)]
        aws.run("reset", "--yes")
    progress.clear()
    (_show_json if chosen.json else _show)(pairs)
    return ExitCode.CLEAN if all(_met(pairs, bar) for bar in BARS) else ExitCode.FINDINGS


def _pair(place: Place, by_hand: ByHand, number: int, progress: Progress) -> Pair:
    """Measure all sides; which of them goes first alternates."""

    def released() -> Mapping[str, float]:
        progress.show(f"pair {number}: through the pipeline ...")
        return _release(place)

    def bare() -> Mapping[str, float]:
        progress.show(f"pair {number}: by hand ...")
        _change(place)
        return by_hand.seconds()

    def earlier_test() -> float:
        progress.show(f"pair {number}: through the pipeline, with the Test action as it was ...")
        with earlier_tests(place.repository):
            return _release(place)["Test"]

    def ungated() -> Mapping[str, float]:
        progress.show(f"pair {number}: through the pipeline, without its gates ...")
        with without_gates(administrator(place.aws, "codepipeline"), PIPELINE):
            return _release(place)

    if number % 2:
        first, beside = released(), ungated()
        earlier = earlier_test()
        return Pair(first, bare(), earlier, beside)
    by_commands, earlier = bare(), earlier_test()
    beside = ungated()
    return Pair(released(), by_commands, earlier, beside)


def _check_engine() -> None:
    try:
        answers = subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
    except OSError:
        answers = False
    if not answers:
        raise CannotRunError("A release needs a Docker engine, and none answers: install or start Docker.")


def _warm_up(place: Place, by_hand: ByHand) -> None:
    start_repository(place.repository)
    deployed = place.command("deploy", "--yes")
    if deployed.returncode:
        raise CannotRunError("The stacks could not be deployed:", *deployed.stderr.splitlines())
    place.commit_service(whole=True)
    released = place.command("release")
    if released.returncode:
        raise FailedError("The first release failed:", *released.stdout.splitlines(), *released.stderr.splitlines())
    by_hand.log_in()
    by_hand.seconds(with_tests=False)


def _change(place: Place) -> None:
    """Commit a change of one line of the service."""
    file = place.repository / CHANGED
    file.write_text(f"{file.read_text()}# changed at {time.time()}\n")
    place.record()


def _release(place: Place) -> Mapping[str, float]:
    """Release a changed service; give the seconds of each action, and of the whole."""
    _change(place)
    client = place.codepipeline
    began = time.monotonic()
    execution = client.start_pipeline_execution(name=PIPELINE)["pipelineExecutionId"]
    named = {"pipelineName": PIPELINE, "pipelineExecutionId": execution}
    while (status := client.get_pipeline_execution(**named)["pipelineExecution"]["status"]) == "InProgress":
        time.sleep(0.1)
    taken = {WHOLE: time.monotonic() - began}
    listed = client.list_action_executions(pipelineName=PIPELINE, filter={"pipelineExecutionId": execution})
    if status != "Succeeded":
        raise FailedError(
            f"The release {status}:", *(json.dumps(one["output"]) for one in listed["actionExecutionDetails"])
        )
    for one in listed["actionExecutionDetails"]:
        taken[one["actionName"]] = (one["lastUpdateTime"] - one["startTime"]).total_seconds()
    return taken


def _medians(runs: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _met(pairs: Sequence[Pair], bar: str) -> bool:
    value, most = BARS[bar]
    return statistics.median(value(pair) for pair in pairs) <= most


def _show_json(pairs: Sequence[Pair]) -> None:
    content = {
        "pairs": [{**asdict(pair), **{bar: value(pair) for bar, (value, _) in BARS.items()}} for pair in pairs],
        "waited_for": _waited_for(),
        "met": {bar: _met(pairs, bar) for bar in BARS},
    }
    print(json.dumps(content, indent=2))


def _show(pairs: Sequence[Pair]) -> None:
    released, bare = _medians([pair.released for pair in pairs]), _medians([pair.bare for pair in pairs])
    ungated = _medians([pair.ungated for pair in pairs])
    print(f"{'seconds':10}{'pipeline':>10}{'no gates':>10}{'bare':>10}  of that")
    for action in (*STEPS, "Secure", "Admit"):
        steps = STEPS.get(action, ())
        told = ", ".join(f"{step} {bare[step]:.2f}" for step in steps)
        without = f"{ungated[action]:10.2f}" if action in ungated else f"{'':10}"
        print(f"{action:10}{released[action]:10.2f}{without}{sum(bare[step] for step in steps):10.2f}  {told}".rstrip())
    whole = statistics.median(sum(pair.bare.values()) for pair in pairs)
    print(f"{WHOLE:10}{released[WHOLE]:10.2f}{ungated[WHOLE]:10.2f}{whole:10.2f}")
    print()
    print(f"Allowed: {BAR} x bare + health-check interval and bake of {_waited_for():.0f} s.")
    print(f"Seconds over that, {_verdict(pairs, 'over', '+.1f')}")
    print()
    earlier = statistics.median(pair.earlier_test for pair in pairs)
    print(f"Test with one process and no kept environment: {earlier:.2f} s. Allowed: {TEST_BAR} of that.")
    print(f"It is, {_verdict(pairs, 'of_earlier_test', '.2f')}")
    print()
    print(f"A release without {', '.join(GATES)} and signatures: {ungated[WHOLE]:.2f} s. Allowed: {GATES_BAR} of that.")
    print(f"It is, {_verdict(pairs, 'of_ungated', '.2f')}")


def _verdict(pairs: Sequence[Pair], bar: str, shape: str) -> str:
    told = ", ".join(format(BARS[bar][0](pair), shape) for pair in pairs)
    return f"pair by pair: {told}; the bar is {'met' if _met(pairs, bar) else 'missed'}."


def _waited_for() -> float:
    """Return the seconds that Deploy waits in any case: between two looks of the health check, and for the bake."""
    made = json.loads((PROJECT_ROOT / "build" / "cruddur-backend-flask.json").read_text())["Resources"]
    (container,) = made["BackendFlaskTaskDefinition"]["Properties"]["ContainerDefinitions"]
    bake = made["BackendFlaskService"]["Properties"]["DeploymentConfiguration"].get("BakeTimeInMinutes", 0)
    return float(container["HealthCheck"]["Interval"]) + float(bake) * minute()


if __name__ == "__main__":
    sys.exit(command.run(main))
