"""Why a release failed: the action, what it said last, the likely cause, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.causes import search
from delivery.releases.diagnosis import failed_build
from delivery.releases.model import builds, deployed_service, executions_api, stopped_tasks
from delivery.releases.model.execution import ECS_PROVIDER, ECS_PROVIDERS, ROLLBACK, Attempt, Execution
from delivery.releases.model.target import Target
from delivery.releases.output import formatting


def sentences_on_conditions(target: Target, ended: Execution) -> list[str]:
    """Return a sentence for each rule that failed.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListRuleExecutions.html
    """
    found = target.aws.codepipeline.list_rule_executions(
        pipelineName=target.name, filter={"pipelineExecutionId": ended.id}
    )
    lines = []
    for detail in found["ruleExecutionDetails"]:
        if detail.get("status") != "Failed":
            continue
        result = detail.get("output", {}).get("executionResult", {})
        why = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")
        lines.append(
            f"Stage {detail['stageName']}: its rule {detail['ruleName']} was not met: {why or 'no reason given'}"
        )
    if lines:
        lines.append(f"{target.command('override', '--execution', ended.id)} goes on all the same.")
    return lines or [f"No action of it failed; CodePipeline says: {ended.reason or 'nothing'}"]


@dataclass(frozen=True)
class FailedDeployment:
    """``events`` and ``lines`` are for a person; ``said`` is where a cause is looked for, the most telling first."""

    events: Sequence[str]
    """The service's latest events, oldest first."""
    lines: Sequence[str]
    said: Sequence[str]


def failed_deployment(target: Target) -> FailedDeployment:
    """Read what tells why the newest deployment of the service failed."""
    now = deployed_service.read(target)
    tasks = stopped_tasks.read(target)
    events = list(reversed(now.events)) if now else []
    stopped = [f"Task {task.id} stopped: {task.reason}" for task in tasks]
    written = tasks[0].lines if tasks else []
    lines = [*stopped]
    lines += ["The last lines that it wrote:", *(f"  {line}" for line in written)] if written else []
    said = search.most_telling("\n".join(written), ["\n".join(stopped), "\n".join(events)])
    return FailedDeployment(events, lines, said)


def sentences(target: Target, ended: Execution) -> list[str]:
    """Say why ``ended`` failed, in the order in which a person wants to know."""
    failures = ended.failures()
    if not failures:
        return [*sentences_on_conditions(target, ended), *_rolling_back(target, ended, None)]
    first = failures[0]
    told, said = _told(target, first)
    others = ", ".join(formatting.action(one.stage, one.action) for one in failures[1:])
    return [
        f"{formatting.action(first.stage, first.action)} failed: {_message(first)}",
        *told,
        *([f"Failed as well: {others}."] if others else []),
        *search.lines([*said, f"{first.error_code} {first.error_message}"]),
        *(_rolling_back(target, ended, first) or _retry(target, ended)),
        *_still_deployed(target, first),
        *_whole_log(target, ended, first),
    ]


def _message(attempt: Attempt) -> str:
    return " ".join(attempt.error_message.split()) or attempt.summary or attempt.error_code or "it reports no reason"


def _told(target: Target, failed: Attempt) -> tuple[Sequence[str], Sequence[str]]:
    """Give lines for a person, and the texts in which the cause is looked for."""
    if failed.is_build:
        return _of_build(target, failed)
    if failed.provider == ECS_PROVIDER and failed.external_id:
        found = failed_deployment(target)
        new = [f"Event of the service: {one}" for one in found.events if one not in failed.error_message]
        return [*new, *found.lines], found.said
    return [], []


def _of_build(target: Target, failed: Attempt) -> tuple[Sequence[str], Sequence[str]]:
    build = builds.read(target.aws, [failed.external_id]).get(failed.external_id)
    if build is None:
        return [], []
    found = failed_build.read(target.aws, build)
    phase = f" in phase {found.phase}" if found.phase else ""
    lines = [f"Its build {build.id} ended {build.status}{phase}."]
    if found.tests:
        more = f", and {found.more_tests} more" if found.more_tests else ""
        lines.append(f"Failed tests: {', '.join(found.tests)}{more}.")
        lines += [f"  {line}" for line in found.messages]
    if found.lines:
        lines += [f"The last lines{phase.replace(' in', ' of')}:", *(f"  {line}" for line in found.lines)]
    # With the command, as checks of the source and of what was deployed report as tests do.
    tests = [f"{search.FAILED_TESTS}\n{found.message}"] if found.tests else []
    return lines, [*tests, found.message, "\n".join(found.lines)]


def _rolling_back(target: Target, ended: Execution, failed: Attempt | None) -> list[str]:
    """Say which execution undoes the failure, where the stage rolls back by itself."""
    for one in executions_api.newest_summaries(target.aws, target.name):
        if one.type == ROLLBACK and one.id != ended.id and (failed is None or one.started >= failed.updated):
            follow_it = target.command("release", "--follow", formatting.short(one.id))
            this, target_id = formatting.short(one.id), formatting.short(one.target)
            return [f"Execution {this} rolls the stage back to execution {target_id}; see it with {follow_it}."]
    return []


def _retry(target: Target, ended: Execution) -> list[str]:
    retry = target.command("retry", "--execution", formatting.short(ended.id))
    return [f"Where the cause is outside the code, {retry} tries the stage again."]


def _still_deployed(target: Target, failed: Attempt) -> list[str]:
    """Say what runs after a deployment that failed."""
    now = deployed_service.read(target) if failed.provider in ECS_PROVIDERS else None
    if now is None or not now.released:
        return []
    what = f"commit {formatting.commit(now.commit)}" if now.commit else now.image
    return [f"{target.pipeline.ecs_service} has {what} now, {now.running} of {now.desired} tasks running."]


def _whole_log(target: Target, ended: Execution, failed: Attempt) -> list[str]:
    if not failed.is_build:
        return []
    whole = target.command("logs", "--execution", formatting.short(ended.id), "--action", failed.action)
    return [f"The whole log: {whole}."]
