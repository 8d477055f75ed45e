"""Checks of a released service: its last execution, its image, and the address at which it answers."""

import socket
from urllib.parse import urlsplit

from delivery.doctor.check import Result, not_checked, not_ok, ok
from delivery.releases.model import deployed_service, executions_api, health_check
from delivery.releases.model.deployed_service import Deployed
from delivery.releases.model.execution import SUCCEEDED, UNFINISHED
from delivery.releases.model.target import Target
from delivery.releases.output import formatting

EXECUTION, IMAGE, DOMAIN = "last execution", "image", "domain"


def names(target: Target) -> list[str]:
    """Return the names of the checks, with the service's where there are several."""
    of = f" of {target.pipeline.service}" if len(target.manifest.pipelines) > 1 else ""
    return [f"{EXECUTION}{of}", f"{IMAGE}{of}", f"{DOMAIN}{of}"]


def results(target: Target) -> list[Result]:
    """Make the checks whose names ``names`` returns."""
    execution, image, domain = names(target)
    now = deployed_service.read(target)
    return [_execution(execution, target), _image(image, target, now), _domain(domain, target, now)]


def _execution(name: str, target: Target) -> Result:
    newest = next(iter(executions_api.newest_summaries(target.aws, target.name)), None)
    if newest is None:
        return not_ok(name, f"{target.name} was never run.", f"Release with {target.command('release')}.")
    commits = ", ".join(formatting.revision(one) for one in newest.revisions) or newest.id
    says = f"{formatting.state(newest.status)}, {newest.started.astimezone():%Y-%m-%d %H:%M}, {commits}."
    if newest.status == SUCCEEDED or newest.status in UNFINISHED:
        return ok(name, says)
    return not_ok(name, says, f"See why with {target.command('status')} and {target.command('logs')}.")


def _image(name: str, target: Target, now: Deployed | None) -> Result:
    if now is None:
        remedy = f"Deploy it with {target.deploy_command()}."
        return not_ok(name, f"There is no service {target.pipeline.ecs_service}.", remedy)
    if not now.released:
        return not_ok(name, "No image was released yet.", f"Release one with {target.command('release')}.")
    says = f"{now.image}, {now.running} of {now.desired} tasks run."
    if now.running < now.desired:
        return not_ok(name, says, f"Read what the tasks write with {target.command('logs', '--task')}.")
    return ok(name, says)


def _domain(name: str, target: Target, now: Deployed | None) -> Result:
    if now is None or not now.released or not now.desired:
        return not_checked(name, "No task is to run.")
    host = urlsplit(now.address).hostname
    if not host:
        return not_checked(name, "No stack has an output with the service's address.")
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        remedy = "Make the DNS record that leads it to the load balancer, and wait until it has spread."
        return not_ok(name, f"The name {host} does not resolve.", remedy)
    answer = health_check.ask(now.address)
    if not answer.good:
        return not_ok(name, f"{answer}.", f"Read what the tasks write with {target.command('logs', '--task')}.")
    return ok(name, f"{now.address} answers {answer.status}.")
