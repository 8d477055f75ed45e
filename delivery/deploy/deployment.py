"""A deployment from beginning to end: every stack in order, made ready, planned, agreed to, executed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from delivery.aws import account
from delivery.aws.session import Aws
from delivery.deploy import (
    approval,
    change_sets,
    executor,
    next_steps,
    no_changes,
    parameters,
    post_deploy,
    recovery,
    review,
    selection,
    validate_templates,
)
from delivery.deploy.approval import Verdict
from delivery.deploy.request import Request
from delivery.model import manifest, stacks, templates
from delivery.stacks import failure_report, lock, running_image, termination_protection
from reporting.errors import CannotRunError, FailedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from delivery.deploy.options import Choices
    from delivery.model.manifest import Manifest, Stack
    from delivery.model.plan import StackPlan
    from delivery.model.templates import Template
    from delivery.output.reporter import Teller
    from settings.environment import Environment


@dataclass(frozen=True)
class Deployment:
    """What is deployed, where and how. ``templates`` has the template of every stack of the manifest, by its name."""

    aws: Aws
    manifest: Manifest
    chosen: Sequence[Stack]
    templates: Mapping[str, Template]
    choices: Choices
    teller: Teller


def deploy(environment: Environment, build: Path, choices: Choices, teller: Teller) -> None:
    """Deploy what is in ``build`` to ``environment``; what is refused or fails raises ``CannotRunError``."""
    try:
        prepared = _prepared(environment, build, choices, teller)
        with lock.turn(environment, prepared.manifest, choices.wait_minutes, teller):
            _deploy(prepared)
    except KeyboardInterrupt:
        teller.say(f"Stopped. `{choices.command}` carries on from here.", stopped=True)
        raise
    except CannotRunError as error:
        teller.problem(error.sentences, failed=isinstance(error, FailedError))
        raise


def _prepared(environment: Environment, build: Path, choices: Choices, teller: Teller) -> Deployment:
    """Check all that can be checked before any stack is looked at."""
    whole = manifest.load(build)
    chosen = selection.chosen(whole, choices.stacks)
    texts = {stack.name: templates.read(whole, stack) for stack in whole.stacks}
    parameters.check(whole, texts, environment)
    account.bring_up(environment)
    aws = Aws(environment, choices.wait_minutes)
    caller = account.check(aws)
    address = f" at {environment.endpoint_url}" if environment.endpoint_url else ""
    place = f"account {environment.account_id}, region {environment.region}{address}"
    teller.say(f"Deploying to {environment.name}: {place}, as {caller}.", environment=environment.name, caller=caller)
    validate_templates.check(aws, chosen, texts)
    return Deployment(aws, whole, chosen, texts, choices, teller)


def _deploy(deployment: Deployment) -> None:
    for stack in deployment.chosen:
        verdict = _bring(deployment, stack)
        if verdict is Verdict.ONLY_LOOK:
            return
        if verdict is Verdict.EXECUTE_ALL:
            deployment = replace(deployment, choices=replace(deployment.choices, agreed=True))
    post_deploy.run(deployment.aws.environment, deployment.teller)
    next_steps.show(deployment.aws, deployment.manifest, deployment.teller)


def _bring(deployment: Deployment, stack: Stack) -> Verdict:
    """Bring one stack to what its template says, as far as is agreed to."""
    plan = _plan(deployment, stack)
    if plan is None:
        if _protect(deployment, stack.name):
            deployment.teller.say(
                f"{stack.name}: termination protection is on again.", stack=stack.name, protected=True
            )
        deployment.teller.say(f"{stack.name}: nothing to change.", stack=stack.name, changed=False)
        return Verdict.EXECUTE
    deployment.teller.plan(plan)
    try:
        verdict = approval.decide(plan, deployment.choices, deployment.aws.environment)
    except BaseException:
        change_sets.discard(deployment.aws, plan.stack, plan.change_set)
        raise
    if verdict is Verdict.ONLY_LOOK:
        names = [one.name for one in deployment.chosen]
        following = names[names.index(stack.name) + 1 :]
        review.show(plan, following, deployment.aws.environment, deployment.teller)
    else:
        _execute(deployment, plan)
    return verdict


def _plan(deployment: Deployment, stack: Stack) -> StackPlan | None:
    """Plan one stack; ``None`` where there is nothing to change."""
    aws, choices, teller = deployment.aws, deployment.choices, deployment.teller
    teller.progress(f"{stack.name}: looking at what stands there ...")
    selection.check_needs(aws, stack)
    may_mend = approval.may_mend(choices, aws.environment)
    standing = recovery.make_ready(aws, stack.name, teller, may_mend=may_mend)
    template = deployment.templates[stack.name]
    given = parameters.complete(template, parameters.given(stack, aws.environment))
    values = running_image.with_images(aws, stack, given)
    if standing and no_changes.is_same(stack, template, values, standing, stacks.template(aws, stack.name)):
        return None
    teller.progress(f"{stack.name}: asking AWS what would change ...")
    request = Request(deployment.manifest, stack, template, values, standing, choices.import_existing)
    return change_sets.prepare(aws, request)


def _execute(deployment: Deployment, plan: StackPlan) -> None:
    aws, teller = deployment.aws, deployment.teller
    outcome = executor.execute(aws, plan, teller)
    if not outcome.succeeded:
        raise FailedError(*failure_report.sentences(aws, plan.stack, plan.stack_id, outcome))
    _protect(deployment, plan.stack)
    teller.say(
        f"{plan.stack}: {outcome.status} after {outcome.seconds:.1f} s.",
        stack=plan.stack,
        status=outcome.status,
        changed=True,
    )


def _protect(deployment: Deployment, name: str) -> bool:
    standing = stacks.find(deployment.aws, name)
    return standing is not None and termination_protection.put_on(deployment.aws, standing)
