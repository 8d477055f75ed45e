"""A deployment from beginning to end: every stack in order, made ready, planned, agreed to, executed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from delivery.aws import account
from delivery.aws.session import Aws
from delivery.deploy import (
    change_sets,
    executor,
    first_execution,
    live_traffic,
    new_secrets,
    next_steps,
    parameters,
    post_deploy,
    recovery,
    selection,
    validate_templates,
)
from delivery.deploy.change_sets import Draft
from delivery.deploy.executor import Approver
from delivery.deploy.options import DeployOptions
from delivery.deploy.request import Request, is_same
from delivery.model import manifest, stacks, templates
from delivery.model.manifest import Manifest, Stack
from delivery.model.plan import StackPlan
from delivery.model.stacks import StackState
from delivery.model.templates import Template
from delivery.output.reporter import Reporter
from delivery.stacks import deletion, drift, failure_report, lock, running_image
from delivery.stacks.record import Record, Work, closing
from reporting.errors import FailedError
from settings import placeholders
from settings.environment import Environment

COMPARED = "Templates, parameters and tags were compared; --drift looks for changes made by hand as well."


@dataclass(frozen=True)
class Deployment:
    """What is deployed, where and how. ``templates`` has the template of every stack of the manifest, by its name."""

    work: Work
    manifest: Manifest
    chosen: Sequence[Stack]
    templates: Mapping[str, Template]
    choices: DeployOptions
    approver: Approver

    @property
    def aws(self) -> Aws:
        """Where it is deployed to."""
        return self.work.aws


def deploy(environment: Environment, build: Path, choices: DeployOptions, teller: Reporter) -> None:
    """Deploy what is in ``build`` to ``environment``; what is refused or fails raises ``CannotRunError``."""
    with closing(teller, choices.command) as record:
        prepared = _prepared(environment, build, choices, (teller, record))
        with lock.turn(environment, prepared.manifest, choices.wait_minutes, teller):
            _deploy(prepared)


def _prepared(
    environment: Environment, build: Path, choices: DeployOptions, told: tuple[Reporter, Record]
) -> Deployment:
    """Check all that can be checked before any stack is looked at."""
    teller, record = told
    whole = manifest.load(build).tagged(environment.tags)
    chosen = selection.chosen(whole, choices.stacks)
    record.expect([stack.name for stack in chosen])
    texts = {stack.name: templates.read(whole, stack) for stack in whole.stacks}
    placeholders.refuse(environment)
    parameters.check(whole, texts, environment)
    account.run_start_command(environment)
    aws = Aws(environment, choices.wait_minutes)
    caller = account.check(aws)
    address = f" at {environment.endpoint_url}" if environment.endpoint_url else ""
    place = f"account {environment.account_id}, region {environment.region}{address}"
    teller.say(f"Deploying to {environment.name}: {place}, as {caller}.", environment=environment.name, caller=caller)
    validate_templates.check(aws, chosen, texts)
    work = Work(aws, teller, record, "deploy")
    return Deployment(work, whole, chosen, texts, choices, Approver(choices, environment))


def _deploy(deployment: Deployment) -> None:
    if not deployment.choices.review:
        new_secrets.check(deployment.work, deployment.manifest, deployment.chosen)
    for stack in deployment.chosen:
        bring = _review if deployment.choices.review else _bring
        if not bring(deployment, stack):
            return
    if not deployment.choices.drift:
        deployment.work.teller.say(COMPARED, compared=["template", "parameters", "tags"])
    if deployment.choices.review:
        return
    failed = post_deploy.run(deployment.work)
    next_steps.show(deployment.aws, deployment.manifest, deployment.work.teller)
    if failed:
        commands = ", ".join(f"`{command}`" for command in failed)
        raise FailedError(f"All stacks are deployed, but not all is done: run {commands} again by itself.")


def _bring(deployment: Deployment, stack: Stack) -> bool:
    """Bring one stack to what its template says, as far as is agreed to; the next one may follow."""
    work = deployment.work
    selection.check_needs(deployment.aws, stack, deployment.chosen)
    standing = recovery.make_ready(work, stack.name, deployment.approver)
    _show_drift(deployment, standing)
    with change_sets.draft(work, stack.name) as draft:
        plan = _plan(deployment, stack, standing, draft)
        if plan is not None:
            work.teller.plan(plan)
            deployment.approver.check_plan(plan)
            _execute(deployment, plan, draft)
            return True
    if standing is not None and deletion.put_on(deployment.aws, standing):
        work.record.note(f"termination protection of {stack.name} is on again", changed=True)
        work.teller.say(f"{stack.name}: termination protection is on again.", stack=stack.name, protected=True)
    work.teller.say(f"{stack.name}: nothing to change.", stack=stack.name, changed=False)
    return True


def _review(deployment: Deployment, stack: Stack) -> bool:
    """Show what a deployment would do with one stack; the next one follows where that is nothing."""
    work = deployment.work
    selection.check_needs(deployment.aws, stack, deployment.chosen)
    standing = recovery.at_rest(work, stack.name)
    if standing and next_steps.shows_state(work, standing):
        return False
    _show_drift(deployment, standing)
    if standing:
        change_sets.discard_older_reviews(work, stack.name)
    with change_sets.draft(work, stack.name) as draft:
        plan = _plan(deployment, stack, standing, draft)
        if plan is not None:
            work.teller.plan(plan)
            names = [one.name for one in deployment.chosen]
            next_steps.show_review(work, plan, names[names.index(stack.name) + 1 :])
            draft.keep()
            return False
    work.teller.say(f"{stack.name}: nothing to change.", stack=stack.name, changed=False)
    return True


def _show_drift(deployment: Deployment, standing: StackState | None) -> None:
    if not deployment.choices.drift or standing is None or standing.status not in drift.DETECTABLE:
        return
    teller = deployment.work.teller
    teller.progress(f"{standing.name}: looking for changes made by hand ...")
    found = drift.detect(deployment.aws, standing.name, deployment.choices.wait_minutes)
    text = "\n".join(drift.lines(standing.name, found))
    teller.say(text, stack=standing.name, drift=[asdict(one) for one in found])


def _plan(deployment: Deployment, stack: Stack, found: StackState | None, draft: Draft) -> StackPlan | None:
    """Plan one stack; ``None`` where there is nothing to change."""
    aws, teller = deployment.aws, deployment.work.teller
    teller.progress(f"{stack.name}: reading the deployed stack ...")
    template = deployment.templates[stack.name]
    given = parameters.complete(template, parameters.given(stack, aws.environment))
    values = running_image.with_images(aws, stack, given)
    review_left = found if found and found.status == "REVIEW_IN_PROGRESS" else None
    standing = None if review_left else found
    if standing and is_same(stack, template, values, standing, stacks.template(aws, stack.name)):
        return None
    teller.progress(f"{stack.name}: asking AWS what would change ...")
    importing = deployment.choices.import_existing
    request = Request(deployment.manifest, stack, template, values, standing, review_left, importing)
    plan = change_sets.prepare(deployment.work, request, draft)
    if plan is not None:
        allowed = deployment.choices.allow_replacement
        live_traffic.check(aws, deployment.manifest, template, plan, allow_replacement=allowed)
    return plan


def _execute(deployment: Deployment, plan: StackPlan, draft: Draft) -> None:
    aws, teller = deployment.aws, deployment.work.teller
    outcome = executor.execute(deployment.work, plan, draft)
    if not outcome.succeeded:
        raise FailedError(*failure_report.sentences(aws, plan.stack, plan.stack_id, outcome))
    done = stacks.find(aws, plan.stack)
    if done is not None:
        deletion.put_on(aws, done)
    for line in failure_report.lines_on_left(aws.environment, failure_report.left_behind(outcome)):
        teller.say(f"{plan.stack}: {line}", stack=plan.stack, left_behind=True)
    teller.say(
        f"{plan.stack}: {outcome.status} after {outcome.seconds:.1f} s.",
        stack=plan.stack,
        status=outcome.status,
        changed=True,
    )
    if first_execution.is_due(plan):
        first_execution.settle(aws, deployment.manifest, plan.stack, teller)
