"""What `--review` says: where the change set can be looked at, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws import console_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from delivery.model.plan import StackPlan
    from delivery.output.reporter import Teller
    from settings.environment import Environment


def show(plan: StackPlan, following: Sequence[str], environment: Environment, teller: Teller) -> None:
    """Tell where the change set of ``plan`` is, and which stacks come after it."""
    link = console_links.change_set(environment.region, plan.stack_id, plan.change_set_id)
    lines = [f"Review of {plan.stack}: nothing was changed; the change set {plan.change_set} is kept.", f"  {link}"]
    if environment.endpoint_url:
        command = console_links.command_line(
            environment,
            "cloudformation describe-change-set --stack-name",
            plan.stack,
            "--change-set-name",
            plan.change_set,
        )
        lines += ["That page shows AWS itself; at this environment's own endpoint the same is shown by", f"  {command}"]
    if following:
        lines.append(
            f"After it come {', '.join(following)}: they import its values, so their turn is when it is deployed."
        )
    if plan.losses():
        lines.append("It replaces or removes resources that hold data: bin/deploy wants --allow-replacement for it.")
    teller.say(
        "\n".join(lines), stack=plan.stack, change_set_id=plan.change_set_id, link=link, following=list(following)
    )
