"""Why a release failed: the action, what it said last, the likely cause, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.releases import builds, causes, conditions, deployed, failed_build, reading, stopped_tasks
from delivery.releases.execution import ROLLBACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from delivery.releases.execution import Attempt, Execution
    from delivery.releases.target import Target

DEPLOY_PROVIDER = "ECS"


def sentences(target: Target, ended: Execution) -> list[str]:
    """Say why ``ended`` failed, in the order in which a person wants to know."""
    failures = ended.failures()
    if not failures:
        return [*conditions.sentences(target, ended), *_next(target, ended, None)]
    first = failures[0]
    told, said = _told(target, first)
    others = ", ".join(f"{one.stage} / {one.action}" for one in failures[1:])
    lines = [f"{first.stage} / {first.action} failed: {_message(first)}", *told]
    lines += [f"Failed as well: {others}."] if others else []
    cause = causes.find([*said, _message(first)])
    if cause:
        lines += [f"Likely cause: {cause.says}", f"What to do: {cause.remedy} ({cause.source})"]
    return [*lines, *_next(target, ended, first)]


def _message(attempt: Attempt) -> str:
    return " ".join(attempt.error_message.split()) or attempt.summary or attempt.error_code or "it gives no reason"


def _told(target: Target, failed: Attempt) -> tuple[list[str], Sequence[str]]:
    """Give lines for a person, and the texts in which the cause is looked for."""
    if failed.is_build:
        return _of_build(target, failed)
    if failed.provider == DEPLOY_PROVIDER:
        return _of_deployment(target)
    return [], [f"{failed.error_code} {failed.error_message}"]


def _of_build(target: Target, failed: Attempt) -> tuple[list[str], Sequence[str]]:
    build = builds.read(target.aws, [failed.external_id]).get(failed.external_id)
    if build is None:
        return [], []
    found = failed_build.read(target.aws, build)
    lines = [f"Its build {build.id} ended {build.status}" + (f" in phase {found.phase}." if found.phase else ".")]
    if found.tests:
        more = f", and {found.more_tests} more" if found.more_tests else ""
        lines.append(f"Failed tests: {', '.join(found.tests)}{more}.")
    if found.lines:
        lines += [f"The last lines of phase {found.phase}:", *(f"  {line}" for line in found.lines)]
    tests = ["FAILED tests::"] if found.tests else []
    return lines, [*tests, "\n".join([found.message, *found.lines])]


def _of_deployment(target: Target) -> tuple[list[str], Sequence[str]]:
    now = deployed.read(target)
    events = [f"Event of the service: {event}" for event in now.events] if now else []
    tasks = stopped_tasks.read(target)
    stopped = [f"Task {task.id} stopped: {task.reason}" for task in tasks]
    written = [line for task in tasks for line in task.lines]
    lines = [*events, *stopped]
    lines += ["The last lines that it wrote:", *(f"  {line}" for line in written)] if written else []
    return lines, ["\n".join([*stopped, *written]), "\n".join(events)]


def _next(target: Target, ended: Execution, failed: Attempt | None) -> list[str]:
    """Say what runs now, and how to go on."""
    lines = []
    rolling = next(
        (
            one
            for one in reading.newest_summaries(target.aws, target.name)
            if one.type == ROLLBACK and one.started > (failed.updated if failed else one.started)
        ),
        None,
    )
    if rolling is not None:
        follow_it = target.command("release", "--follow", rolling.id)
        lines.append(
            f"Execution {rolling.id} rolls the stage back to execution {rolling.target}; see it with {follow_it}."
        )
    if failed is not None and rolling is None:
        retry = target.command("retry", "--execution", ended.id)
        lines.append(f"When the cause is outside the code, {retry} tries the stage again.")
    if failed is not None and failed.is_build:
        logs = target.command("logs", "--execution", ended.id, "--action", failed.action)
        lines.append(f"The whole log: {logs}.")
    return lines
