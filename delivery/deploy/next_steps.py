"""The end of a deployment, or of its review: outputs, console links, and what to do next."""

from collections.abc import Iterator, Sequence

from delivery.aws import console_links
from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.deploy import recovery
from delivery.model import stacks
from delivery.model.manifest import Manifest, Pipeline, RunningImage
from delivery.model.plan import Operation, StackPlan
from delivery.model.stacks import StackState
from delivery.output.reporter import Reporter
from delivery.secret import parameter_store
from delivery.stacks import running_image
from delivery.stacks.record import Work
from reporting.errors import CannotRunError
from reporting.terminal import styled
from settings.environment import Environment


def shows_state(work: Work, standing: StackState) -> bool:
    """Say what a deployment would do first with a stack that can't be planned from; tell whether it is one."""
    try:
        mend = recovery.mend_of(work.aws, standing)
    except CannotRunError as refusal:
        what = ("A deployment would refuse:", *refusal.sentences)
    else:
        if mend is None:
            return False
        what = (f"Before anything else, a deployment would {mend.question}; it asks first, or wants --yes.",)
    lines = [f"Review of {standing.name}: it is in {standing.status}, so there is no change set to look at yet.", *what]
    work.teller.say("\n".join(lines), stack=standing.name, status=standing.status, first=list(what))
    return True


def show_review(work: Work, plan: StackPlan, following: Sequence[str]) -> None:
    """Report where the change set of ``plan`` is, and which stacks come after it."""
    environment = work.aws.environment
    link = console_links.change_set(environment.region, plan.stack_id, plan.change_set_id)
    lines = [f"Review of {plan.stack}: nothing was changed; the change set {plan.change_set} is kept."]
    if not environment.endpoint_url:
        lines.append(f"  {link}")
    else:
        command = console_links.command_line(
            environment,
            "cloudformation describe-change-set --stack-name",
            plan.stack,
            "--change-set-name",
            plan.change_set,
        )
        lines.append(f"  {command}")
    if following:
        lines.append(
            f"After it come {', '.join(following)}: they import its values, so their turn is when it is deployed."
        )
    if plan.losses():
        allowing = spelling.command("deploy", *words_for(environment), "--allow-replacement")
        lines.append(f"It replaces or removes resources that hold data: that takes `{allowing}`.")
    empty = " in an empty stack" if plan.operation is Operation.CREATE else ""
    work.record.note(f"change set {plan.change_set} is kept{empty}, and does nothing until somebody executes it")
    work.teller.say(
        "\n".join(lines), stack=plan.stack, change_set_id=plan.change_set_id, link=link, following=list(following)
    )


def show(aws: Aws, manifest: Manifest, teller: Reporter) -> None:
    """Report what every stack gives out, where the console shows it, and what is to be done now."""
    standing = [found for stack in manifest.stacks if (found := stacks.find(aws, stack.name)) is not None]
    for one in standing:
        _show_stack(aws.environment, one, teller)
    steps = [*_connections(aws, manifest, standing), *_secrets(aws, manifest), *_releases(aws, manifest)]
    if steps:
        text = "\n".join(f"  {number}. {step}" for number, step in enumerate(steps, 1))
        teller.say(f"{styled('What to do next', 'bold')}\n{text}", next=steps)


def _show_stack(environment: Environment, standing: StackState, teller: Reporter) -> None:
    link = console_links.stack(environment.region, standing.id)
    # Where the AWS is another one, no console shows it.
    has_console = environment.endpoint_url is None
    told = [one for one in standing.outputs if has_console or not console_links.is_page(one.value)]
    width = max((len(output.name) for output in told), default=0)
    lines = [f"{styled(standing.name, 'bold')}  {standing.status}"]
    lines += [f"  {styled(link, 'blue')}"] if has_console else []
    lines += [f"  {output.name:<{width}}  {output.value}" for output in told]
    outputs = {output.name: output.value for output in standing.outputs}
    teller.say("\n".join(lines), stack=standing.name, status=standing.status, link=link, outputs=outputs)


def _connections(aws: Aws, manifest: Manifest, standing: Sequence[StackState]) -> Iterator[str]:
    """Say what is to be done about connections that can't be used yet.

    https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html
    """
    for wanted in manifest.connections:
        arn = stacks.value(wanted, standing)
        if arn is None:
            continue
        try:
            found = aws.codeconnections.get_connection(ConnectionArn=arn)["Connection"]
        except RefusedByAwsError as refusal:
            yield f"See whether the connection {arn} is finished; its state could not be read: {refusal.message}"
            continue
        if found.get("ConnectionStatus") != "AVAILABLE":
            yield (
                f"Finish the connection {found.get('ConnectionName', arn)}: it is {found.get('ConnectionStatus')}, and "
                f"no release can read the repository before. {how_to_finish(aws.environment)}"
            )


def how_to_finish(environment: Environment) -> str:
    """Return the sentence that says how a pending connection is finished in this environment."""
    if environment.connection_command:
        return f"Run `{environment.connection_command}`."
    return f"Choose it at {console_links.connections(environment.region)} and press Update pending connection."


def _secrets(aws: Aws, manifest: Manifest) -> Iterator[str]:
    there = parameter_store.present(aws, [secret.name for secret in manifest.secrets])
    for secret in manifest.secrets:
        if secret.name not in there:
            command = spelling.command("secret", "put", *words_for(aws.environment), secret.name)
            yield f"Put the secret {secret.name}, which {secret.service} reads when it starts: `{command}`."


def _releases(aws: Aws, manifest: Manifest) -> Iterator[str]:
    for pipeline in manifest.pipelines:
        image = running_image.find(aws, RunningImage(pipeline.cluster, pipeline.ecs_service, pipeline.container))
        command = _release_command(aws, manifest, pipeline)
        if image:
            yield f"Release {pipeline.service} with `{command}`; it runs {image} now."
        else:
            yield (
                f"Release {pipeline.service} for the first time with `{command}`, or by a push to branch "
                f"{pipeline.branch} of {pipeline.repository}: there is no image yet, so no task runs."
            )


def _release_command(aws: Aws, manifest: Manifest, pipeline: Pipeline) -> str:
    service = ("--service", pipeline.service) if len(manifest.pipelines) > 1 else ()
    words = (*words_for(aws.environment), *service)
    return spelling.command("release", *words) if words else "make release"
