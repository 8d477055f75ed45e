"""The engine ends, in good order or killed, and begins again on what it kept."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.local_aws.codepipeline.harness import World, action, pipeline, stage

BUILD = stage("Build", action("bake"))
APPROVE = stage("Approve", action("Approve", "approval"))
ROOT = Path(__file__).resolve().parents[3]

KILLED = """
import sys, threading
from pathlib import Path
from tests.local_aws.codepipeline.harness import World, action, pipeline, stage
stages = [stage("Build", action("bake")), stage("Approve", action("Approve", "approval"))]
world = World(Path(sys.argv[1]), pipeline(*stages), {"bake": ["hold"]} if sys.argv[2] == "bake" else {})
execution = world.start()
world.running(execution, sys.argv[2])
waiting = world.start()
world.until(lambda: world.execution(waiting).stage > 0)
print(execution, waiting, flush=True)
threading.Event().wait()
"""


def killed(folder: Path, action_name: str) -> list[str]:
    """Run an engine in a process of its own, kill it while ``action_name`` runs, and give the executions' ids."""
    with subprocess.Popen(
        [sys.executable, "-P", "-c", textwrap.dedent(KILLED), str(folder), action_name],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        told = process.stdout.readline().split()
        process.send_signal(signal.SIGKILL)
    return told


def test_after_sigkill_an_action_that_can_go_on_does_and_the_queue_moves(tmp_path: Path) -> None:
    first, second = killed(tmp_path, "bake")
    with World(tmp_path, pipeline(BUILD, APPROVE)) as world:
        world.running(first, "Approve")
        assert [each.id for each in world.everything()] == [first, second]
        assert world.handler.seen[0].resumed == ""
        assert world.attempts("Source") == 0


def test_after_sigkill_an_approval_waits_on_with_its_token(tmp_path: Path) -> None:
    first, second = killed(tmp_path, "Approve")
    with World(tmp_path, pipeline(BUILD, APPROVE)) as world:
        for execution in (first, second):
            world.running(execution, "Approve")
            token = world.state("Approve")["actionStates"][0]["latestExecution"]["token"]
            world.of_pipeline(
                "PutApprovalResult",
                stageName="Approve",
                actionName="Approve",
                result={"summary": "", "status": "Approved"},
                token=token,
            )
            assert world.ended(execution) == "Succeeded"


def test_an_action_that_can_not_go_on_fails_with_its_reason_and_can_be_retried(tmp_path: Path) -> None:
    world = World(tmp_path, pipeline(BUILD), {"bake": ["hold", "ok"]})
    execution = world.start()
    world.running(execution, "bake")
    world.close()
    world.handler.resumable = False
    world.open()
    with world:
        assert world.ended(execution) == "Failed"
        error = world.state("Build")["actionStates"][0]["latestExecution"]["errorDetails"]
        assert error["code"] == "InterruptedError"
        assert "Retry the stage" in error["message"]
        world.of_pipeline(
            "RetryStageExecution", stageName="Build", pipelineExecutionId=execution, retryMode="FAILED_ACTIONS"
        )
        assert world.ended(execution) == "Succeeded"


def test_the_late_result_of_the_old_engine_is_written_nowhere(tmp_path: Path) -> None:
    world = World(tmp_path, pipeline(BUILD, APPROVE), {"bake": ["hold", "fail"]})
    execution = world.start()
    world.running(execution, "bake")
    world.close()
    world.handler.release["bake"].set()
    world.open()
    with world:
        assert world.ended(execution) == "Failed"


def test_history_transitions_and_revisions_are_still_there(tmp_path: Path) -> None:
    world = World(tmp_path, pipeline(BUILD))
    execution = world.start()
    world.ended(execution)
    world.of_pipeline("DisableStageTransition", stageName="Build", transitionType="Inbound", reason="freeze")
    before = (world.of_pipeline("ListActionExecutions"), world.state("Build"), world.execution(execution))
    world.close()
    world.open()
    with world:
        assert (world.of_pipeline("ListActionExecutions"), world.state("Build"), world.execution(execution)) == before


def test_a_pipeline_deleted_meanwhile_is_cancelled(tmp_path: Path) -> None:
    world = World(tmp_path, pipeline(BUILD), {"bake": ["hold"]})
    execution = world.start()
    world.running(execution, "bake")
    world.close()
    world.structure = {**world.structure, "version": 2}
    world.open()
    with world:
        assert world.execution(execution).status == "Cancelled"
