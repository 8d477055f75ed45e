"""What is said when something that runs on in AWS is watched no more."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from delivery.output.reporter import Reporter
from reporting.errors import CannotRunError, FailedError


class NotBegunError(CannotRunError):
    """AWS refused to begin the operation, so there is nothing that runs on."""


@contextmanager
def runs_on(
    teller: Reporter, interrupted: Callable[[], str], lost: Callable[[], Sequence[str]], **facts: object
) -> Iterator[None]:
    """Within this, something runs in AWS that does not end with the command.

    An interruption says what ``interrupted`` returns then, with ``facts`` for a machine. Lost contact, or a wait that
    took too long, is raised as ``FailedError`` that says what ``lost`` returns, too.
    """
    try:
        yield
    except KeyboardInterrupt:
        teller.clear()
        teller.say(interrupted(), runs_on=True, **facts)
        raise
    except (FailedError, NotBegunError):
        raise
    except CannotRunError as error:
        raise FailedError(*error.sentences, *lost()) from None
