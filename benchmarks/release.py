"""`make bench-release`: a warm release of the service, action by action, beside the same commands bare in a shell.

Warm: the service runs, the images and their layers are there, and one line of the service has changed. Both sides run
the whole Test stage. The health-check interval is what Deploy can't but wait for, once.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.by_hand import ByHand
from reporting import command
from reporting.errors import CannotRunError, FailedError
from reporting.terminal import Progress
from settings.root import PROJECT_ROOT
from tests.local_aws_fixture import local_aws_in
from tests.scenarios.place import PIPELINE, Place

STEPS = {
    "Source": ("git archive",),
    "Test": ("environment, database, pytest",),
    "bake": ("docker build", "docker push"),
    "Deploy": ("container start",),
}
"""The bare steps that an action's work consists of."""
BAR = 1.25
WHOLE = "whole"
CHANGED = "backend-flask/cruddur/version.py"


def main(words: Sequence[str]) -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(
        prog="bin/bench-release", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="the median of so many is shown (default: 1)")
    parser.add_argument("--json", action="store_true", help="for machines")
    chosen = parser.parse_args(words)
    progress = Progress()
    _check_engine()
    with tempfile.TemporaryDirectory(prefix="bench-release-") as folder, local_aws_in(Path(folder) / "state") as aws:
        place = Place(Path(folder), aws, PROJECT_ROOT / "build")
        by_hand = ByHand(aws, place.repository, Path(folder))
        progress.show("deploying, and releasing once, so that the next release is a warm one ...")
        _warm_up(place, by_hand)
        released, bare = [], []
        for run in range(1, chosen.runs + 1):
            progress.show(f"run {run} of {chosen.runs}: through the pipeline ...")
            released.append(_release(place))
            progress.show(f"run {run} of {chosen.runs}: by hand ...")
            _change(place)
            bare.append(by_hand.seconds())
    progress.clear()
    _show(_medians(released), _medians(bare), as_json=chosen.json)


def _check_engine() -> None:
    try:
        answers = subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0
    except OSError:
        answers = False
    if not answers:
        raise CannotRunError("A release needs a Docker engine, and none answers: install or start Docker.")


def _warm_up(place: Place, by_hand: ByHand) -> None:
    place.start_repository()
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


def _show(released: Mapping[str, float], bare: Mapping[str, float], *, as_json: bool) -> None:
    interval = _health_check_interval()
    total = sum(bare.values())
    allowed = BAR * total + interval
    if as_json:
        content = {"released": released, "bare": bare, "health_check_interval": interval, "allowed": allowed}
        print(json.dumps({**content, "met": released[WHOLE] <= allowed}, indent=2))
        return
    print(f"{'seconds':10}{'pipeline':>10}{'bare':>10}  of that")
    for action, steps in STEPS.items():
        told = ", ".join(f"{step} {bare[step]:.2f}" for step in steps)
        print(f"{action:10}{released[action]:10.2f}{sum(bare[step] for step in steps):10.2f}  {told}")
    print(f"{WHOLE:10}{released[WHOLE]:10.2f}{total:10.2f}")
    print()
    verdict = "met" if released[WHOLE] <= allowed else "missed"
    print(f"bar {verdict}: {BAR} x {total:.2f} + health-check interval {interval:.0f} = {allowed:.2f}")


def _health_check_interval() -> float:
    """Give the seconds between two looks of the container's own health check, as the template says."""
    template = json.loads((PROJECT_ROOT / "build" / "cruddur-runtime.json").read_text())
    (container,) = template["Resources"]["BackendFlaskTaskDefinition"]["Properties"]["ContainerDefinitions"]
    return float(container["HealthCheck"]["Interval"])


if __name__ == "__main__":
    sys.exit(command.run(main))
