"""A check and its result. Every check ends in time, and what goes wrong in it is a result too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reporting.deadline import OutOfTimeError, within
from reporting.errors import CannotRunError

SECONDS = 60.0
"""How long one check may take: as long as a request to a slow AWS, and some more."""


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOT_OK = "not ok"
    NOT_CHECKED = "not checked"
    """Something that it needs is not there, or it makes no sense in this environment."""


@dataclass(frozen=True)
class Result:
    """What a check found, in a sentence, and what to do about it, where there is something to do."""

    name: str
    state: State
    says: str
    remedy: str = ""


def ok(name: str, says: str) -> Result:
    """Return the result of a check that found nothing wrong."""
    return Result(name, State.OK, says)


def not_ok(name: str, says: str, remedy: str) -> Result:
    """Return the result of a check that found something to be put right."""
    return Result(name, State.NOT_OK, says, remedy)


def not_checked(name: str, why: str) -> Result:
    """Return the result of a check that was not made."""
    return Result(name, State.NOT_CHECKED, why)


def refused(name: str, error: CannotRunError) -> Result:
    """Return what an error says as a result: what follows the last semicolon of such a sentence is the remedy."""
    says, _, remedy = " ".join(error.sentences).rstrip(".").rpartition("; ")
    if not says:
        return not_ok(name, f"{remedy}.", "Put that right, and run this again.")
    return not_ok(name, f"{says}.", f"{remedy[0].upper()}{remedy[1:]}.")


def results_of(names: Sequence[str], work: Callable[[], Sequence[Result]]) -> list[Result]:
    """Return the results of ``work``, which has checks of these names; where it fails, the first name says why."""
    try:
        return list(within(SECONDS, work, lambda: f"checking {names[0]}"))
    except OutOfTimeError as error:
        failed = not_ok(names[0], f"No answer within {error}.", "Run this again; if it stays, restart what it asks.")
    except CannotRunError as error:
        failed = refused(names[0], error)
    except OSError as error:
        failed = not_ok(names[0], f"It can't be read: {error.strerror or error}.", "See to it that it can be read.")
    return [failed, *(not_checked(name, f"{names[0]} is not ok.") for name in names[1:])]
