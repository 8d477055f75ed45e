"""A destruction from beginning to end: every stack in reverse order, shown, confirmed by name, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery.aws import account
from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.cli.prompts import answer_to
from delivery.deploy import selection
from delivery.model import deletion_plan, events, manifest, stacks
from delivery.output import deletion_table
from delivery.stacks import failure_report, lock, request_tokens, termination_protection, wait
from delivery.stacks.follow import Outcome, follow, is_running
from delivery.stacks.interruption import NotBegunError, stack_runs_on
from reporting.errors import CannotRunError, FailedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from delivery.model.deletion_plan import Removal
    from delivery.model.manifest import Stack
    from delivery.model.stacks import Resource, StandingStack
    from delivery.output.reporter import Teller
    from settings.environment import Environment


@dataclass(frozen=True)
class Wishes:
    """What the command line of `bin/destroy` chose; ``confirmed`` are the stacks' names given there."""

    stacks: Sequence[str]
    confirmed: Sequence[str]
    askable: bool
    """Whether there is a person at a terminal who can type names."""
    wait_minutes: float
    command: str


def destroy(environment: Environment, build: Path, wishes: Wishes, teller: Teller) -> None:
    """Delete the stacks of ``build`` from ``environment``; what is refused or fails raises ``CannotRunError``."""
    try:
        _destroy(environment, build, wishes, teller)
    except KeyboardInterrupt:
        teller.say(f"Stopped. `{wishes.command}` carries on from here.", stopped=True)
        raise
    except CannotRunError as error:
        teller.problem(error.sentences, failed=isinstance(error, FailedError))
        raise


def _destroy(environment: Environment, build: Path, wishes: Wishes, teller: Teller) -> None:
    whole = manifest.load(build)
    chosen = selection.chosen(whole, wishes.stacks)
    _check_confirmed(chosen, wishes)
    account.bring_up(environment)
    aws = Aws(environment, wishes.wait_minutes)
    caller = account.check(aws)
    place = f"account {environment.account_id}, region {environment.region}"
    teller.say(f"Destroying in {environment.name}: {place}, as {caller}.", environment=environment.name, caller=caller)
    _refuse_silence(aws, chosen, wishes)
    with lock.turn(environment, whole, wishes.wait_minutes, teller):
        retained = _destroy_each(aws, chosen, wishes, teller)
    teller.say("\n".join(deletion_table.remains(environment, retained)), retained=retained)


def _destroy_each(aws: Aws, chosen: Sequence[Stack], wishes: Wishes, teller: Teller) -> Sequence[Resource]:
    """Destroy the stacks, the last deployed one first; gives what stays in the account."""
    retained: list[Resource] = []
    for stack in reversed(chosen):
        standing = _at_rest(aws, stack.name, teller)
        if standing is None:
            teller.say(f"{stack.name}: there is no such stack.", stack=stack.name, changed=False)
            continue
        planned = deletion_plan.plan(aws, standing)
        teller.say("\n".join(deletion_table.lines(planned)), removal=planned)
        _confirm(stack.name, wishes)
        outcome = _delete(aws, planned, teller)
        retained += _skipped(outcome)
        teller.say(f"{stack.name}: deleted after {outcome.seconds:.1f} s.", stack=stack.name, changed=True)
    return retained


def _check_confirmed(chosen: Sequence[Stack], wishes: Wishes) -> None:
    """Refuse a confirmation that fits no stack: a slip of the hand must not delete another one."""
    known = [stack.name for stack in chosen]
    wrong = [name for name in wishes.confirmed if name not in known]
    if wrong:
        allowed = ", ".join(known)
        raise CannotRunError(
            *(
                f"--confirm: found {name!r}; allowed are the names of the stacks to delete: {allowed}."
                for name in wrong
            ),
            "Nothing was deleted.",
        )


def _refuse_silence(aws: Aws, chosen: Sequence[Stack], wishes: Wishes) -> None:
    """Refuse to begin where not every name was given and nobody can type it."""
    if wishes.askable:
        return
    unconfirmed = [stack.name for stack in chosen if stack.name not in wishes.confirmed]
    missing = [name for name in unconfirmed if stacks.find(aws, name) is not None]
    if missing:
        raise CannotRunError(
            f"There is no terminal to type a name on; add {' '.join(f'--confirm {name}' for name in missing)}.",
            "Nothing was deleted.",
        )


def _at_rest(aws: Aws, name: str, teller: Teller) -> StandingStack | None:
    """Give the stack when nothing works on it any more; ``None`` where there is none."""
    standing = stacks.find(aws, name)
    if standing is not None and is_running(standing.status):
        wait.wait(aws, standing, teller)
        standing = stacks.find(aws, name)
    return standing


def _confirm(name: str, wishes: Wishes) -> None:
    if name in wishes.confirmed:
        return
    typed = answer_to(f"Type the name of the stack to delete it ({name}): ")
    if typed != name:
        raise CannotRunError(f"{name}: found {typed!r}, which is not its name; it was not deleted, and none after it.")


def _delete(aws: Aws, planned: Removal, teller: Teller) -> Outcome:
    standing = planned.standing
    last = events.latest(aws, standing.id)
    termination_protection.take_off(aws, standing)
    with stack_runs_on(aws, standing.name, standing.id, teller):
        _begin(aws, standing)
        outcome = follow(aws, standing.id, last.id if last else None, teller, len(planned.deleted))
    if not outcome.succeeded:
        if not outcome.status.startswith("DELETE_"):  # AWS gave the deletion up, and the stack is as it was
            termination_protection.put_back(aws, standing)
        raise FailedError(*failure_report.sentences(aws, standing.name, standing.id, outcome))
    return outcome


def _begin(aws: Aws, standing: StandingStack) -> None:
    """Have the stack deleted; where AWS refuses that, the stack is protected as it was before."""
    try:
        aws.cloudformation.delete_stack(StackName=standing.id, ClientRequestToken=request_tokens.token("destroy"))
    except RefusedByAwsError as refusal:
        termination_protection.put_back(aws, standing)
        raise NotBegunError(*refusal.sentences, f"{standing.name}: it was not deleted, and none after it.") from None


def _skipped(outcome: Outcome) -> Sequence[Resource]:
    """Give the resources that the deletion left in the account."""
    return [
        stacks.Resource(event.logical_id, event.physical_id, event.type, event.status, event.reason)
        for event in outcome.events
        if event.status == "DELETE_SKIPPED"
    ]
