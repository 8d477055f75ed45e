"""What `--review` says: where the change set can be looked at, and what comes next; it changes no stack."""

from collections.abc import Sequence

from delivery.aws import console_links
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.deploy import recovery
from delivery.model.plan import Operation, StackPlan
from delivery.model.stacks import StackState
from delivery.stacks.record import Work
from reporting.errors import CannotRunError


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


def show(work: Work, plan: StackPlan, following: Sequence[str]) -> None:
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
