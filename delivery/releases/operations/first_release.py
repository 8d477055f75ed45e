"""Starts the tasks of a service that was released to for the first time.

Its stack was deployed while there was no image, so it asks for no tasks. It is updated as `bin/deploy` would do it: the
same template, the same values, and the image that was released. A later deployment finds nothing to change.
"""

from delivery.causes import search
from delivery.model import stacks
from delivery.model.manifest import RunningImage, Stack
from delivery.model.stacks import StackState
from delivery.output.reporter import Reporter
from delivery.releases.diagnosis.failure_report import failed_deployment
from delivery.releases.model.target import Target
from delivery.releases.output.failures_only import QuietTeller
from delivery.stacks import failure_report, running_image
from delivery.stacks.follow import Outcome
from delivery.stacks.interruption import NotBegunError
from delivery.stacks.operate import operate
from delivery.stacks.operations import Kind
from delivery.stacks.record import Record, Work
from reporting.errors import FailedError


def start(target: Target, teller: Reporter, record: Record) -> bool:
    """Have the service's stack ask for its tasks; raises ``FailedError`` where they don't come up.

    Gives ``False`` where that is not this program's to do: no stack of the project owns the service, or its stack has
    been deployed with an image already, so that somebody has turned its tasks off on purpose. What becomes of the
    stack is put into ``record``.
    """
    pipeline = target.pipeline
    wanted = RunningImage(pipeline.cluster, pipeline.ecs_service, pipeline.container)
    found = _stack(target, wanted)
    standing = stacks.find(target.aws, found[0].name) if found else None
    if found is None or standing is None or standing.parameters.get(found[1]):
        return False
    stack, parameter = found
    teller.say(
        f"{pipeline.ecs_service}: first release, so no task runs yet. Updating stack {stack.name} with the image asks "
        f"for {pipeline.desired_count}; a later deployment keeps that.",
        stack=stack.name,
        first_release=True,
    )
    image = running_image.find(target.aws, wanted)
    come_back = f"{target.command('status')} shows whether its tasks run."
    record.expect([stack.name])
    record.same(stack.name, standing.status)
    work = Work(target.aws, QuietTeller(teller), record, "release", come_back)
    outcome = _update(work, target, stack, standing, {parameter: image})
    if not outcome.succeeded:
        why = failed_deployment(target)
        report = failure_report.sentences(target.aws, stack.name, standing.id, outcome)
        raise FailedError(*report, *why.events, *why.lines, *search.lines(why.said))
    return True


def _stack(target: Target, wanted: RunningImage) -> tuple[Stack, str] | None:
    """Return the stack that takes the running image of the service, and its parameter's name."""
    pairs = ((stack, parameter) for stack in target.manifest.stacks for parameter in stack.parameters)
    return next(((stack, one.name) for stack, one in pairs if one.running_image == wanted), None)


def _update(work: Work, target: Target, stack: Stack, standing: StackState, values: dict[str, str]) -> Outcome:
    """Update the stack with ``values``, and all else as it is.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
    """

    def begin(token: str) -> None:
        target.aws.cloudformation.update_stack(
            StackName=standing.id,
            UsePreviousTemplate=True,
            Parameters=[
                {"ParameterKey": name, "ParameterValue": values[name]}
                if name in values
                else {"ParameterKey": name, "UsePreviousValue": True}
                for name in standing.parameters
            ],
            Capabilities=list(stack.capabilities),  # type: ignore[arg-type]  # the manifest holds CloudFormation's own words
            ClientRequestToken=token,
        )

    try:
        return operate(work, (stack.name, standing.id), Kind.UPDATE, begin)
    except NotBegunError as refusal:
        work.record.note("no task of it runs")
        raise NotBegunError(
            *refusal.sentences, f"The image is released, but no task runs: start them with {target.deploy_command()}."
        ) from None
