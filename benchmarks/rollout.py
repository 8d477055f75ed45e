"""`make bench-rollout`: a canary deployment on this machine, stage by stage, beside what each stage waits for.

That is for SCALE_UP the start of the same container in a shell, until it answers, and the second after which a target
that is not in service is asked again; for the others the time that the settings give them, in minutes of a rehearsal.
What is beyond that is the controller's own; the median of each stage may be a second, which is the exit code: 0 met, 1
missed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.measuring import parser_of, ran
from reporting import command
from reporting.errors import CannotRunError, FailedError
from reporting.exit_codes import ExitCode
from reporting.terminal import Progress
from tests.faults.shifting_service import SERVER, ShiftingService, service
from tests.local_aws.tasks.probe import BASE
from tests.local_aws_fixture import local_aws_in

BAR = 1.0
MINUTE = 2.0
CANARY_PERCENT = 20
CONFIGURATION = {
    "Strategy": "CANARY",
    "CanaryConfiguration": {"CanaryPercent": CANARY_PERCENT, "CanaryBakeTimeInMinutes": 1},
    "BakeTimeInMinutes": 1,
}
START, ASKED_EVERY = "SCALE_UP", 1.0
WAITS = {
    START: ASKED_EVERY,
    "PRODUCTION_TRAFFIC_SHIFT 20 %": MINUTE,
    "PRODUCTION_TRAFFIC_SHIFT 100 %": 0.0,
    "BAKE_TIME": MINUTE,
}
"""Seconds by the stage, and of shifts by the share that they begin; the start of the container comes to the first."""
SECONDS_BETWEEN_LOOKS = 0.02
SECONDS_TO_ANSWER = 60

Stages = Mapping[str, float]


def main(words: Sequence[str]) -> ExitCode:
    """Measure, and print one table."""
    chosen = parser_of("bin/bench-rollout", __doc__, 3, "so many deployments are measured").parse_args(words)
    progress = Progress()
    progress.show("starting a local AWS, and a service on it ...")
    own = []
    with _service() as made:
        for number in range(1, chosen.runs + 1):
            progress.show(f"run {number} of {chosen.runs} ...")
            bare = _start()
            taken = _deployed(made, str(number + 1))
            own.append({stage: taken[stage] - WAITS[stage] - (bare if stage == START else 0) for stage in WAITS})
    progress.clear()
    medians = {stage: statistics.median(one[stage] for one in own) for stage in WAITS}
    met = max(medians.values()) <= BAR
    if chosen.json:
        print(json.dumps({"seconds": own, "medians": medians, "bar": BAR, "met": met}, indent=2))
    else:
        _show(medians, own, met=met)
    return ExitCode.CLEAN if met else ExitCode.FINDINGS


@contextmanager
def _service() -> Iterator[ShiftingService]:
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        raise CannotRunError("A deployment needs a Docker engine, and none answers: start Docker.")
    os.environ["LOCAL_AWS_MINUTE"] = str(MINUTE)
    with (
        tempfile.TemporaryDirectory(prefix="bench-rollout-") as folder,
        local_aws_in(Path(folder) / "state") as aws,
        service(aws, CONFIGURATION) as made,
    ):
        yield made


def _start() -> float:
    """Start the service's container in a shell; return the seconds until it answers."""
    began = time.monotonic()
    words = ("docker", "run", "--detach", "--rm", "--env", "VERSION=1", "--env", "SICK=no")
    container = ran([*words, BASE, "python", "-c", SERVER]).strip()
    try:
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        address = ran(["docker", "inspect", "--format", form, container]).strip()
        while time.monotonic() - began < SECONDS_TO_ANSWER:
            with suppress(OSError), urllib.request.urlopen(f"http://{address}:8080/health", timeout=1):
                return time.monotonic() - began
            time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        subprocess.run(["docker", "kill", container], capture_output=True, check=False)
    raise FailedError(f"The container of {BASE} does not answer.")


def _deployed(made: ShiftingService, version: str) -> Stages:
    """Deploy; return the seconds of each stage."""
    before = made.newest()["serviceDeploymentArn"]
    made.deploy(VERSION=version)
    begun: dict[str, float] = {}
    while True:
        found, now = made.newest(), time.monotonic()
        if found["serviceDeploymentArn"] != before and found["status"] != "IN_PROGRESS":
            break
        share = found["targetServiceRevision"]["requestedProductionTrafficWeight"]
        shift = f" {share:g} %" if found["lifecycleStage"] == "PRODUCTION_TRAFFIC_SHIFT" else ""
        if found["serviceDeploymentArn"] != before:
            begun.setdefault(f"{found['lifecycleStage']}{shift}", now)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if found["status"] != "SUCCESSFUL":
        raise FailedError(f"The deployment ended as {found['status']}: {found.get('statusReason', '')}")
    ends = [*list(begun.values())[1:], now]
    taken = {stage: end - begin for (stage, begin), end in zip(begun.items(), ends, strict=True)}
    return {stage: taken.get(stage, 0.0) for stage in WAITS}


def _show(medians: Stages, own: Sequence[Stages], *, met: bool) -> None:
    print(f"{'own seconds of a stage':32}{'median':>8}  each run")
    for stage, median in medians.items():
        print(f"{stage:32}{median:8.2f}  {', '.join(f'{one[stage]:.2f}' for one in own)}")
    print()
    print(f"bar {'met' if met else 'missed'}: allowed is {BAR:g} s a stage, in minutes of {MINUTE:g} s")


if __name__ == "__main__":
    sys.exit(command.run(main))
