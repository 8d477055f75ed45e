"""Yes, no, or unknown: what is known of a system that no file describes in full."""

from collections.abc import Iterable
from enum import Enum


class Answer(Enum):
    """An answer; it has no truth value, so that nobody takes unknown for yes or no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Refuse to be taken for yes or no."""
        raise TypeError("An answer may be unknown: compare it with Answer.YES or Answer.NO.")

    def __invert__(self) -> "Answer":
        """Return the opposite; of unknown, unknown."""
        if self is Answer.UNKNOWN:
            return self
        return Answer.NO if self is Answer.YES else Answer.YES


def of(known: bool) -> Answer:  # noqa: FBT001 - the one thing that it turns into an answer
    """Return yes or no."""
    return Answer.YES if known else Answer.NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return yes where all are, no where one is; unknown otherwise."""
    result = Answer.YES
    for one in answers:
        if one is Answer.NO:
            return Answer.NO
        if one is Answer.UNKNOWN:
            result = Answer.UNKNOWN
    return result


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return yes where one is, no where all are; unknown otherwise."""
    result = Answer.NO
    for one in answers:
        if one is Answer.YES:
            return Answer.YES
        if one is Answer.UNKNOWN:
            result = Answer.UNKNOWN
    return result
