"""Does the steps of a scenario, one after another, and tells what came of its executions."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from proofs.rehearsal.executions import RUNNING, Executions
from tests.scenarios.place import PIPELINE, Place
from tests.scenarios.polling import ask
from tests.support.waiting import until

SECONDS, INTERVAL = 240.0, 0.1
WEIGHTS = ("Succeeded", "Abandoned", "InProgress", "Failed")
"""The statuses of actions, which run side by side in a stage: the later one counts for the stage."""


class Rehearsal:
    """One scenario's steps in a place. A step is a table of one verb and its object; the verbs are in ``do``.

    Executions are counted from 1, in the order in which the steps started them.
    """

    def __init__(self, place: Place, folder: Path) -> None:
        self._place = place
        self._folder = folder
        self._all = Executions(place.codepipeline, PIPELINE)
        self._before = self._all.ids()
        self._wanted = 0

    def do(self, step: Mapping[str, str]) -> None:
        """Do one step."""
        verbs: dict[str, Callable[[str], object]] = {
            "push": self._push,  # a tree of the scenario's folder, `base` alone, or the project's own `service`
            "until": self._until,  # the newest execution's stage and state, such as `Test InProgress`
            "logged": self._logged,  # words that a build of the newest execution has written
            "ended": lambda number: self._wait(lambda: not self._is_running(int(number)), f"the end of {number}"),
            "ask": self._ask,  # a path of the service, ten times a second until the newest execution has ended
            "open": lambda _: self._place.gate.open(),  # the gate for which a build waits
            "close": lambda _: self._place.gate.shut(),
            "stop": self._stop,  # an execution, by its number
            "retry": self._retry,  # the newest execution's stage
            "answer": self._answer,  # the approval: Approved or Rejected
            "kill": lambda _: self._place.kill_and_start_again(),
        }
        ((verb, what),) = step.items()
        verbs[verb](what)

    def finish(self) -> None:
        """Wait until every execution has ended, those that roll a failed one back included."""
        self._wait(lambda: not self._all.any_runs(self._before), "the end of all")

    def leave(self) -> None:
        """Leave nothing that runs to the next scenario of this place."""
        self._place.gate.open()
        for number, identifier in enumerate(self.executions(), 1):
            if self._is_running(number):
                self._place.codepipeline.stop_pipeline_execution(
                    pipelineName=PIPELINE, pipelineExecutionId=identifier, abandon=True
                )

    def executions(self) -> Sequence[str]:
        """Return the ids of the executions that the steps started."""
        return [one["pipelineExecutionId"] for one in self._all.since(self._before)]

    def status(self, number: int) -> str:
        return self._all.status(self.executions()[number - 1])

    def attempts(self, number: int) -> Sequence[Mapping[str, Any]]:
        """Return the action executions, in the order in which they began."""
        return sorted(self._all.actions(self.executions()[number - 1]), key=lambda one: one["startTime"])

    def stages(self, number: int) -> dict[str, str]:
        """Return the status of each stage that was tried: of its actions' latest ones, the one that matters most."""
        latest: dict[str, dict[str, str]] = {}
        for one in self.attempts(number):
            latest.setdefault(one["stageName"], {})[one["actionName"]] = one["status"]
        return {stage: max(states.values(), key=WEIGHTS.index) for stage, states in latest.items()}

    def reason(self, number: int) -> str:
        told = [one["output"]["executionResult"].get("errorDetails", {}) for one in self.attempts(number)]
        return " ".join(one.get("message", "") for one in told)

    def log(self, number: int, action: str) -> str:
        """Return what the builds of an action wrote."""
        attempts = [one for one in self.attempts(number) if one["actionName"] == action]
        ids = [one.get("output", {}).get("executionResult", {}).get("externalExecutionId") for one in attempts]
        known = [one for one in ids if one]
        builds = self._place.aws.client("codebuild").batch_get_builds(ids=known)["builds"] if known else []
        return "".join(self._lines(build["logs"]) for build in builds if "streamName" in build.get("logs", {}))

    def _lines(self, logs: Mapping[str, str]) -> str:
        client = self._place.aws.client("logs")
        where = {"logGroupName": logs["groupName"], "logStreamName": logs["streamName"]}
        events = client.get_log_events(**where, startFromHead=True)["events"]
        return "".join(f"{event['message'].rstrip()}\n" for event in events)

    def _is_running(self, number: int) -> bool:
        return self.status(number) in RUNNING

    def _push(self, tree: str) -> None:
        if tree == "service":
            self._place.commit_service()
        else:
            self._place.commit(None if tree == "base" else self._folder / tree)
        self._place.push()
        self._wanted += 1
        self._wait(lambda: len(self.executions()) == self._wanted, "the execution that a push starts")

    def _until(self, words: str) -> None:
        stage, state = words.split()
        self._wait(lambda: self.stages(self._wanted).get(stage) == state, words)

    def _logged(self, words: str) -> None:
        def written() -> bool:
            actions = {one["actionName"] for one in self.attempts(self._wanted)}
            return any(words in self.log(self._wanted, action) for action in actions)

        self._wait(written, f"a log with {words!r}")

    def _ask(self, path: str) -> None:
        address = urljoin(self._place.address, path)

        def ended() -> bool:
            for _ in range(10):
                ask(address)
            return not self._is_running(self._wanted)

        self._wait(ended, f"the end of what answers {path}")

    def _stop(self, number: str) -> None:
        self._place.codepipeline.stop_pipeline_execution(
            pipelineName=PIPELINE, pipelineExecutionId=self.executions()[int(number) - 1], abandon=False
        )

    def _retry(self, stage: str) -> None:
        self._place.codepipeline.retry_stage_execution(
            pipelineName=PIPELINE,
            stageName=stage,
            pipelineExecutionId=self.executions()[-1],
            retryMode="FAILED_ACTIONS",
        )

    def _answer(self, status: str) -> None:
        state = self._place.codepipeline.get_pipeline_state(name=PIPELINE)["stageStates"]
        (action,) = next(one["actionStates"] for one in state if one["stageName"] == "Approve")
        self._place.codepipeline.put_approval_result(
            pipelineName=PIPELINE,
            stageName="Approve",
            actionName=action["actionName"],
            token=action["latestExecution"]["token"],
            result={"status": status, "summary": "As the scenario says"},
        )

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        until(condition, lambda: f"{self.described()}\n{what}", SECONDS, INTERVAL)

    def described(self) -> str:
        """Tell all that is known, for whoever has to find out why a scenario failed."""
        lines = []
        for number in range(1, len(self.executions()) + 1):
            lines.append(f"execution {number}: {self.status(number)} {self.stages(number)} {self.reason(number)}")
            lines += [self.log(number, action) for action in ("Test", "Secure", "bake")]
        return "\n".join(lines)
