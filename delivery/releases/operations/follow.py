"""Follows an execution to its end, telling what happens in it and what its builds write; then says how it ended."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.polling import looks
from delivery.releases.diagnosis import blocked_stages
from delivery.releases.model import builds, executions_api, rollouts
from delivery.releases.model.builds import Build
from delivery.releases.model.execution import DEPLOY, FAILED, SUCCEEDED, Attempt, Execution
from delivery.releases.model.log_stream import LogStream
from delivery.releases.model.rollouts import Rollout
from delivery.releases.model.target import Target
from delivery.releases.output import formatting, progress_view
from delivery.releases.output.progress_view import Picture
from delivery.releases.output.reporter import ReleaseReporter
from delivery.stacks.interruption import runs_on
from delivery.stacks.record import Record
from reporting.errors import CannotRunError


@contextmanager
def closing(target: Target, ended: Execution, teller: ReleaseReporter) -> Iterator[Record]:
    """Within this, the record is filled with what follows on the execution; whatever fails is ``FailedError``."""
    record = Record()
    record.note(
        f"execution {formatting.short(ended.id)} {ended.status.lower()}{what_became_of_the_image(ended)}", changed=True
    )
    try:
        yield record
    except KeyboardInterrupt:
        teller.say(record.closing(), stopped=True, **record.facts())
        raise
    except CannotRunError as error:
        raise record.closed(error, f"{target.command('status')} shows what runs.") from None


def what_became_of_the_image(ended: Execution) -> str:
    """Say it as the end of a sentence, from the latest try of each action that deploys; empty where none does."""
    deploying = [action for stage in ended.stages for action in stage.actions if action.category == DEPLOY]
    tries = [attempt.status for attempt in map(ended.latest, deploying) if attempt is not None]
    if not deploying:
        return ""
    if not tries:
        return ", nothing of it was deployed"
    if FAILED in tries:
        return ", its deployment failed"
    if tries != [SUCCEEDED] * len(deploying):
        return ", its image is not wholly deployed"
    # What fails after a deployment may have it taken back, by an execution of its own.
    return ", its image is deployed" if ended.status == SUCCEEDED else ", after its image was deployed"


SECONDS_TO_BE_KNOWN = 20.0
"""How long AWS may take until it knows an execution that it has just started."""


def follow(target: Target, execution_id: str, teller: ReleaseReporter, before: Execution | None = None) -> Execution:
    """Follow the execution until it has ended, and give it as it is then; ``FailedError`` where that takes too long.

    ``before`` is how it was before it was told to go on: what was so already is not told, and is not its end.
    """
    follower = _Follower(target, teller, before)
    with _runs_on(target, execution_id, teller):
        for passed in looks(target.aws.wait_minutes):
            now = follower.look(execution_id, passed)
            stale = now is not None and before is not None and now.attempts == before.attempts
            if now is not None and not now.running and not (stale and passed < SECONDS_TO_BE_KNOWN):
                teller.clear()
                return now
        teller.clear()
        raise CannotRunError(
            f"{target.name}: execution {formatting.short(execution_id)} has not ended after "
            f"{target.aws.wait_minutes:g} minutes{follower.waits_for}; wait longer with --wait-minutes."
        )


def _runs_on(target: Target, execution_id: str, teller: ReleaseReporter) -> AbstractContextManager[None]:
    come_back = target.command("release", "--follow", formatting.short(execution_id))
    stop = target.command("stop", "--execution", formatting.short(execution_id))
    return runs_on(
        teller,
        lambda: f"The release continues, watched or not. Come back to it with {come_back}; stop it with {stop}.",
        lambda: (f"The release may continue. Come back to it with {come_back}.",),
        execution=execution_id,
    )


class _Follower:
    """What is known between one look and the next."""

    def __init__(self, target: Target, teller: ReleaseReporter, before: Execution | None) -> None:
        self._target = target
        self._teller = teller
        self._before = before
        self._obstacle = ""
        self._streams: dict[str, LogStream] = {}
        self._phases: Mapping[str, str] = {}
        self._rollout = ""

    @property
    def waits_for(self) -> str:
        """What keeps the execution from going on, as far as that is known."""
        return f". {self._obstacle.rstrip('.')}" if self._obstacle else ""

    def look(self, execution_id: str, passed: float) -> Execution | None:
        """Read the execution and tell what is new; ``None`` while AWS does not know it yet."""
        structure = self._before.stages if self._before else None
        try:
            now = executions_api.execution(self._target.aws, self._target.name, execution_id, structure)
        except RefusedByAwsError as refusal:
            if refusal.code != "PipelineExecutionNotFoundException" or passed > SECONDS_TO_BE_KNOWN:
                raise
            return None
        if progress_view.source_read(self._before, now):
            self._teller.fact("execution", {"execution": now.id, "revisions": now.revisions}, formatting.described(now))
        changed = progress_view.attempts(self._before, now)
        self._tell_logs(now, changed)
        for attempt in changed:
            self._teller.attempt(attempt)
        rollout = rollouts.going_on(self._target) if any(one.is_rollout for one in now.at_work()) else None
        self._tell_obstacle(now, rollout)
        details = {one.id: self._phases.get(one.id, one.summary) for one in now.at_work()}
        if rollout is not None:
            details |= {one.id: self._progress(now, one, rollout) for one in now.at_work() if one.is_rollout}
        self._teller.show(Picture(now, datetime.now(UTC), details))
        self._before = now
        return now

    def _progress(self, now: Execution, attempt: Attempt, rollout: Rollout) -> str:
        """Describe a roll-out, and tell where no terminal shows it."""
        if (rollout.share is not None or rollout.bakes) and rollout.progress != self._rollout:
            share = {} if rollout.share is None else {"share": rollout.share}
            content = {"execution": now.id, "stage": rollout.stage, **share}
            self._teller.fact("rollout", content, f"Roll-out: {rollout.progress}.")
        self._rollout = rollout.progress
        until = now.latest_end(attempt)
        last = f"until {until.astimezone():%H:%M} at the latest" if until else ""
        return ", ".join(one for one in (rollout.progress, last) if one)

    def _tell_obstacle(self, now: Execution, rollout: Rollout | None) -> None:
        found = blocked_stages.find(self._target, now, rollout)
        if found and found != self._obstacle:
            self._teller.fact("waiting", {"execution": now.id, "text": found}, found)
        self._obstacle = found

    def _tell_logs(self, now: Execution, changed: Sequence[Attempt]) -> None:
        """Report what was written by builds that ran at the last look or have come and gone since."""
        if self._before is None:
            return
        running = {one.id for one in self._before.at_work()}
        new = {one.id for one in changed if not one.running}
        written = [one for one in now.attempts if one.is_build and one.id in running | new]
        known = builds.read(self._target.aws, [one.external_id for one in written])
        self._phases = {one.id: known[one.external_id].phase for one in written if one.external_id in known}
        for attempt in written if self._teller.shows_logs else ():
            build = known.get(attempt.external_id)
            if build is not None and build.stream:
                for lines in self._stream(build).pages(all_of_them=attempt.id in new):
                    self._teller.log(attempt.action, lines)

    def _stream(self, build: Build) -> LogStream:
        return self._streams.setdefault(build.id, LogStream(self._target.aws, build.group, build.stream))
