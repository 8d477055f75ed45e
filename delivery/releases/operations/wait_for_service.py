"""Sees a released image arrive: its tasks run, its health check answers, and what is deployed now is told."""

from dataclasses import asdict

from delivery.aws.polling import MINUTE, looks
from delivery.causes import search
from delivery.releases.diagnosis import failure_report
from delivery.releases.model import deployed_service, health_check
from delivery.releases.model.deployed_service import Deployed
from delivery.releases.model.health_check import Answer
from delivery.releases.model.target import Target
from delivery.releases.operations import first_release
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from delivery.stacks.record import Record
from reporting.errors import FailedError

LONGEST_ARRIVAL = 10.0
"""Minutes until the wanted tasks must run: pulling the image, starting and the first health checks take minutes."""

LONGEST_SILENCE = 60.0
"""Seconds until the load balancer must answer once the tasks run; new targets take it some seconds."""


def wait_until_healthy(target: Target, teller: ReleaseReporter, record: Record) -> None:
    """Wait until the service runs what was released and answers; what does not come to that raises ``FailedError``.

    What was seen last of its stack and its tasks is put into ``record``.
    """
    now = deployed_service.read(target)
    if now is None or not now.released:
        teller.say(f"{target.name}: this pipeline has put no image into service {target.pipeline.ecs_service}.")
        return
    if now.desired == 0 and not first_release.start(target, teller, record):
        teller.say(
            f"{target.pipeline.ecs_service}: the image is deployed, but the service asks for 0 tasks, so none runs; "
            "set its desired count where you want some.",
            desired=0,
        )
        tell(now, None, target, teller)
        return
    now = _wait(target, teller, record)
    patience = min(LONGEST_SILENCE, target.aws.wait_minutes * MINUTE)
    answer = health_check.ask_until_good(now.address, patience) if now.address else None
    tell(now, answer, target, teller)
    if answer is not None and not answer.good:
        record.note("its tasks run, its health check does not say that it is well")
        raise FailedError(
            f"{target.pipeline.ecs_service}: its tasks run, but its health check does not say that it is well after "
            f"{formatting.span(patience)}; read what they write with {target.command('logs', '--task')}."
        )


def tell(now: Deployed, answer: Answer | None, target: Target, teller: ReleaseReporter) -> None:
    """Report what is deployed, what the health check answered, and why tasks are missing where some are."""
    lines = [
        f"image   {now.digest or now.image}",
        f"commit  {formatting.commit(now.commit) if now.commit else 'not known: no tag of the image names it'}",
        f"tasks   {now.running} of {now.desired} running",
        f"url     {now.url}" if now.url else "",
        f"health  {answer}" if answer else "",
        *(f"event   {event}" for event in now.events if now.running < now.desired),
    ]
    text = "\n".join(f"  {line}" for line in lines if line)
    content = {**asdict(now), "digest": now.digest, "health": asdict(answer) if answer else None}
    teller.fact("deployed", content, f"{target.pipeline.service} runs now:\n{text}")


def _wait(target: Target, teller: ReleaseReporter, record: Record) -> Deployed:
    now, passed = _read(target), 0.0
    for passed in looks(min(LONGEST_ARRIVAL, target.aws.wait_minutes)):
        now = _read(target)
        if now.settled:
            return now
        if now.rollout == "FAILED":
            break
        teller.progress(f"{target.pipeline.ecs_service}: {now.running} of {now.desired} tasks run, {passed:.0f} s")
    record.note(f"{now.running} of {now.desired} tasks run")
    raise FailedError(*_not_arrived(target, now, passed))


def _read(target: Target) -> Deployed:
    now = deployed_service.read(target)
    if now is None:
        raise FailedError(f"{target.pipeline.ecs_service}: the service is gone; deploy it again.")
    return now


def _not_arrived(target: Target, now: Deployed, passed: float) -> list[str]:
    why = failure_report.failed_deployment(target)
    tasks = f"{now.running} of {now.desired} tasks run after {formatting.span(passed)}"
    return [
        f"{target.pipeline.ecs_service}: {tasks}, and its deployment is {now.rollout}.",
        *(f"Event of the service: {event}" for event in why.events),
        *why.lines,
        *search.lines(why.said),
        f"Read what its tasks write with {target.command('logs', '--task')}.",
        f"When the cause is fixed, release again with {target.command('release')}.",
    ]
