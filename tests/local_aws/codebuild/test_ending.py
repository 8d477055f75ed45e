"""Ending a build from outside: timeouts, StopBuild, the death of the process that ran it. Nothing is left running."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from local_aws.platform.service import ServiceError
from local_aws.services.codebuild.machine.processes import ProcessTree
from tests.local_aws.codebuild.conftest import CALLER, Bench, is_running, spec
from tests.support.waiting import until

STUBBORN = "trap '' TERM INT HUP; while :; do sleep 0.2; done"


def stubborn(marker: str) -> str:
    """Return a command that starts children which ignore signals, leave the session and lose their parent."""
    child = f"sh -c '{STUBBORN} # {marker}'"
    return f"env -i setsid timeout 999 {child} & (setsid {child} &) ; {child}"


@pytest.fixture
def marker() -> str:
    return f"marker-{uuid.uuid4().hex}"


def test_a_build_past_its_timeout_is_ended_with_all_its_children(bench: Bench, marker: str) -> None:
    bench.minute = 0.4
    bench.project["timeoutInMinutes"] = 5
    build_id = bench.start(buildspecOverride=spec("'" + stubborn(marker).replace("'", "''") + "'"))
    until(lambda: is_running(marker))
    outcome = bench.ended(build_id)
    assert outcome.status == "TIMED_OUT"
    assert outcome.phases["BUILD"] == "TIMED_OUT"
    assert outcome.context("BUILD") == ("BUILD_TIMED_OUT", "Build has timed out. ")
    assert "POST_BUILD" not in outcome.phases
    assert not is_running(marker)


def test_stop_build_ends_it_with_all_its_children(bench: Bench, marker: str) -> None:
    build_id = bench.start(buildspecOverride=spec("'" + stubborn(marker).replace("'", "''") + "'"))
    until(lambda: is_running(marker))
    stopped = bench.service.stop_build(CALLER, {"id": build_id})["build"]
    assert stopped["buildStatus"] == "STOPPED"
    assert not is_running(marker)
    assert bench.ended(build_id).phases["BUILD"] == "STOPPED"


def test_stopping_a_build_that_has_ended_changes_nothing(bench: Bench) -> None:
    outcome = bench.run(spec("true"))
    again = bench.service.stop_build(CALLER, {"id": outcome.record["id"]})["build"]
    assert again == outcome.record


def test_what_a_command_left_in_the_background_ends_with_the_build(bench: Bench, marker: str) -> None:
    outcome = bench.run(spec("'" + f"setsid sh -c '{STUBBORN} # {marker}' &".replace("'", "''") + "'", "sleep 0.2"))
    assert outcome.status == "SUCCEEDED"
    assert not is_running(marker)


def test_processes_are_found_without_a_sandbox(marker: str, tmp_path: Path) -> None:
    build_id = f"shop:{uuid.uuid4()}"
    tree = ProcessTree(build_id)
    environment = {"CODEBUILD_BUILD_ID": build_id, "PATH": os.defpath}
    command = ["/bin/sh", "-c", stubborn(marker)]
    with subprocess.Popen(command, env=environment, start_new_session=True, cwd=tmp_path) as process:
        tree.sessions.add(process.pid)
        until(lambda: is_running(marker))
        tree.kill()
        process.wait()
    assert not is_running(marker)


def test_nothing_hides_in_a_sandbox(bench: Bench, marker: str) -> None:
    hiding = f"(env -i setsid sh -c '{STUBBORN} # {marker}' &)".replace("'", "''")
    assert bench.run(spec(f"'{hiding}'", "sleep 0.2")).status == "SUCCEEDED"
    assert not is_running(marker)


def test_a_queued_build_past_its_queued_timeout_is_ended(bench: Bench) -> None:
    bench.minute, bench.builds_at_once = 0.1, 1
    bench.project["queuedTimeoutInMinutes"] = 5
    first = bench.start(buildspecOverride=spec("sleep 60"), queuedTimeoutInMinutesOverride=480)
    bench.when_logged(first, "Running command sleep")
    outcome = bench.ended(bench.start(buildspecOverride=spec("true")))
    assert outcome.status == "TIMED_OUT"
    assert outcome.phases == {"SUBMITTED": "SUCCEEDED", "QUEUED": "TIMED_OUT", "COMPLETED": ""}


def test_builds_wait_in_the_queue_and_can_be_stopped_there(bench: Bench) -> None:
    bench.builds_at_once = 1
    first = bench.start(buildspecOverride=spec("sleep 60"))
    bench.when_logged(first, "Running command sleep")
    second, third = bench.start(buildspecOverride=spec("true")), bench.start(buildspecOverride=spec("true"))
    assert bench.record(second)["currentPhase"] in ("SUBMITTED", "QUEUED")
    assert bench.service.stop_build(CALLER, {"id": third})["build"]["buildStatus"] == "STOPPED"
    bench.service.stop_build(CALLER, {"id": first})
    assert bench.ended(second).status == "SUCCEEDED"


def test_the_end_of_the_service_ends_its_builds(bench: Bench, marker: str) -> None:
    build_id = bench.start(buildspecOverride=spec(f"sh -c 'sleep 60; true {marker}'"))
    until(lambda: is_running(marker))
    begun = time.monotonic()
    bench.service.stop()
    assert time.monotonic() - begun < 5
    assert bench.ended(build_id).status == "STOPPED"
    assert not is_running(marker)


SERVER = """
import sys, time
from pathlib import Path
from tests.local_aws.codebuild.conftest import Bench, spec
bench = Bench(Path(sys.argv[1]), Path(sys.argv[2]))
print(bench.start(buildspecOverride=sys.stdin.read()), flush=True)
time.sleep(60)
"""


def test_a_build_that_ran_at_a_sigkill_is_ended_at_the_next_start(bench: Bench, marker: str) -> None:
    text = spec("'" + stubborn(marker).replace("'", "''") + "'")
    command = [sys.executable, "-P", "-c", SERVER, str(bench.folder), str(bench.running)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(text)
        server.stdin.close()
        build_id = server.stdout.readline().strip()
        until(lambda: is_running(marker))
        server.send_signal(signal.SIGKILL)
        server.wait()
    until(lambda: not is_running(marker))
    outcome = bench.ended(build_id)
    assert outcome.status == "FAULT"
    assert outcome.phases["BUILD"] == "FAULT"
    assert "The local AWS was ended while this build ran" in outcome.context("BUILD")[1]
    assert outcome.record["buildComplete"] is True
    assert "Running command" in outcome.log
    assert not is_running(marker)
    assert not list(bench.running.iterdir())
    assert bench.run(spec("true")).record["buildNumber"] == 2


def test_records_and_logs_outlive_the_service(bench: Bench) -> None:
    outcome = bench.run(spec("echo kept"))
    # Of a process that was killed while it removed what the build left.
    left = bench.running / outcome.record["id"].rpartition(":")[2]
    (left / "home").mkdir(parents=True)
    again = Bench(bench.folder, running=bench.running)
    assert again.record(outcome.record["id"]) == outcome.record
    assert not left.exists()
    assert "kept" in again.log(outcome.record["id"])


def test_an_unknown_build_cannot_be_stopped(bench: Bench) -> None:
    with pytest.raises(ServiceError, match="Build shop:1 does not exist"):
        bench.service.stop_build(CALLER, {"id": "shop:1"})
