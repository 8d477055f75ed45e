"""A deployment from beginning to end: every stack in order, planned, agreed to, executed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery import account, change_sets, manifest, parameters, running_image, stacks, templates
from delivery.aws import Aws
from delivery.execute import execute
from reporting.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from delivery.manifest import Manifest, Stack
    from delivery.plan import StackPlan
    from delivery.telling import Teller
    from delivery.templates import Template
    from settings.environment import Environment


@dataclass(frozen=True)
class Choices:
    """What the command line chose. ``stacks`` empty means all of them; ``wait_minutes`` bounds waiting for others."""

    stacks: Sequence[str]
    agreed: bool
    review: bool
    allow_replacement: bool
    import_existing: bool
    wait_minutes: float


def deploy(environment: Environment, build: Path, choices: Choices, teller: Teller) -> ExitCode:
    """Deploy what is in ``build`` to ``environment``."""
    whole = manifest.load(build)
    texts = {stack.name: templates.read(whole, stack) for stack in whole.stacks}
    parameters.check(whole, texts, environment)
    account.bring_up(environment)
    aws = Aws(environment)
    account.check(aws)
    for stack in whole.stacks:
        plan = _plan(aws, whole, stack, texts[stack.name], choices)
        if plan is None:
            teller.say(f"{stack.name}: nothing to change.")
            continue
        teller.plan(plan)
        outcome = execute(aws, plan, teller)
        teller.say(f"{stack.name}: {outcome.status}")
        if not outcome.succeeded:
            return ExitCode.FINDINGS
    return ExitCode.CLEAN


def _plan(aws: Aws, whole: Manifest, stack: Stack, template: Template, choices: Choices) -> StackPlan | None:
    standing = stacks.find(aws, stack.name)
    values = parameters.complete(template, parameters.given(stack, aws.environment))
    if standing and standing.status == "REVIEW_IN_PROGRESS":
        standing = None
    for parameter in stack.parameters:
        if parameter.running_image is not None:
            values[parameter.name] = running_image.find(aws, parameter.running_image)
    return change_sets.prepare(
        aws, change_sets.Request(whole, stack, template, values, standing, choices.import_existing)
    )
