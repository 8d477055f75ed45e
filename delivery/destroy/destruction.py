"""A destruction from beginning to end: every stack in reverse order, shown, confirmed by name, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from delivery.aws import account
from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.cli.prompts import answer_to
from delivery.deploy import selection
from delivery.model import deletion_plan, manifest, stacks
from delivery.model.manifest import Stack
from delivery.model.stacks import Resource, StackState
from delivery.output import deletion_table
from delivery.output.reporter import Reporter
from delivery.stacks import deletion, failure_report, lock, wait
from delivery.stacks.interruption import NotBegunError
from delivery.stacks.operations import is_running
from delivery.stacks.record import Record, Work, closing
from reporting.errors import CannotRunError
from settings.environment import Environment


@dataclass(frozen=True)
class DestroyOptions:
    """What the command line of `bin/destroy` chose; ``confirmed`` are the stacks' names given there."""

    stacks: Sequence[str]
    confirmed: Sequence[str]
    askable: bool
    """Whether there is a person at a terminal who can type names."""
    wait_minutes: float
    command: str


def destroy(environment: Environment, build: Path, wishes: DestroyOptions, teller: Reporter) -> None:
    """Delete the stacks of ``build`` from ``environment``; what is refused or fails raises ``CannotRunError``."""
    with closing(teller, wishes.command) as record:
        _destroy(environment, build, wishes, teller, record)


def _destroy(environment: Environment, build: Path, wishes: DestroyOptions, teller: Reporter, record: Record) -> None:
    whole = manifest.load(build)
    chosen = selection.chosen(whole, wishes.stacks)
    record.expect([stack.name for stack in reversed(chosen)])
    _check_confirmed(chosen, wishes)
    account.run_start_command(environment)
    aws = Aws(environment, wishes.wait_minutes)
    caller = account.check(aws)
    place = f"account {environment.account_id}, region {environment.region}"
    teller.say(f"Destroying in {environment.name}: {place}, as {caller}.", environment=environment.name, caller=caller)
    _refuse_silence(aws, chosen, wishes)
    with lock.turn(environment, whole, wishes.wait_minutes, teller):
        _destroy_each(Work(aws, teller, record, "destroy"), chosen, wishes)


def _destroy_each(work: Work, chosen: Sequence[Stack], wishes: DestroyOptions) -> None:
    """Destroy the stacks, the last deployed one first; at the end, however it comes, say what stays in the account."""
    deleted: list[Sequence[Resource]] = []
    try:
        for stack in reversed(chosen):
            _destroy_one(work, stack.name, wishes, deleted)
    finally:
        if deleted:
            retained = [one for found in deleted for one in found]
            lines = deletion_table.remains(work.aws.environment, retained)
            work.teller.say("\n".join(lines), retained=retained)


def _destroy_one(work: Work, name: str, wishes: DestroyOptions, deleted: list[Sequence[Resource]]) -> None:
    """Destroy one stack, and add to ``deleted`` what stays of it in the account."""
    standing = _at_rest(work, name)
    if standing is None:
        work.record.same(name, "")
        work.teller.say(f"{name}: there is no such stack.", stack=name, changed=False)
        return
    work.record.same(name, standing.status)
    planned = deletion_plan.plan(work.aws, standing)
    work.teller.say("\n".join(deletion_table.lines(planned)), removal=planned)
    _confirm(name, wishes)
    try:
        outcome = deletion.delete(work, standing, len(planned.deleted))
    except NotBegunError as refusal:
        raise NotBegunError(*refusal.sentences, f"{name}: it was not deleted, and none after it.") from None
    work.teller.say(f"{name}: deleted after {outcome.seconds:.1f} s.", stack=name, changed=True)
    deleted.append(failure_report.left_behind(outcome))


def _check_confirmed(chosen: Sequence[Stack], wishes: DestroyOptions) -> None:
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
        )


def _refuse_silence(aws: Aws, chosen: Sequence[Stack], wishes: DestroyOptions) -> None:
    """Refuse to begin where not every name was given and nobody can type it."""
    if wishes.askable:
        return
    unconfirmed = [stack.name for stack in chosen if stack.name not in wishes.confirmed]
    missing = [name for name in unconfirmed if stacks.find(aws, name) is not None]
    if missing:
        words = [*words_for(aws.environment), *(f"--stack={name}" for name in wishes.stacks)]
        words += [word for name in [*wishes.confirmed, *missing] for word in ("--confirm", name)]
        raise CannotRunError(
            f"There is no terminal to type names on. To delete them without: `{spelling.command('destroy', *words)}`."
        )


def _at_rest(work: Work, name: str) -> StackState | None:
    """Return the stack when nothing works on it any more; ``None`` where there is none."""
    standing = stacks.find(work.aws, name)
    if standing is not None and is_running(standing.status):
        wait.wait(work.aws, standing, work.teller)
        standing = stacks.find(work.aws, name)
    return standing


def _confirm(name: str, wishes: DestroyOptions) -> None:
    if name in wishes.confirmed:
        return
    typed = answer_to(f"Type the name of the stack to delete it ({name}): ")
    if typed != name:
        raise CannotRunError(f"{name}: found {typed!r}, which is not its name; it was not deleted, and none after it.")
