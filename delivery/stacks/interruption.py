"""What is said when an operation that runs on in AWS is watched no more."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from delivery.aws import console_links
from delivery.aws.errors import RefusedByAwsError
from reporting.errors import CannotRunError, FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from delivery.aws.session import Aws
    from delivery.output.reporter import Teller


class NotBegunError(CannotRunError):
    """AWS refused to begin the operation, so there is nothing that runs on."""


@contextmanager
def beginning() -> Iterator[None]:
    """Within this, a refusal by AWS is raised as ``NotBegunError``."""
    try:
        yield
    except RefusedByAwsError as refusal:
        raise NotBegunError(*refusal.sentences) from None


@contextmanager
def runs_on(teller: Teller, interrupted: str, *lost: str, **facts: object) -> Iterator[None]:
    """Within this, something runs in AWS that does not end with the command.

    An interruption says ``interrupted``, with ``facts`` for a machine. Lost contact, or a wait that took too long, is
    raised as ``FailedError`` that says ``lost`` too.
    """
    try:
        yield
    except KeyboardInterrupt:
        teller.clear()
        teller.say(interrupted, runs_on=True, **facts)
        raise
    except (FailedError, NotBegunError):
        raise
    except CannotRunError as error:
        raise FailedError(*error.sentences, *lost) from None


COME_BACK = "Run the same command again to follow it and carry on."


def stack_runs_on(
    aws: Aws, stack: str, stack_id: str, teller: Teller, come_back: str = COME_BACK
) -> AbstractContextManager[None]:
    """Make the context in which an operation on a stack runs; ``come_back`` says how to see how it ended."""
    link = console_links.events(aws.environment.region, stack_id)
    sentence = f"{stack}: the operation runs on in AWS, watched or not; its events: {link}"
    return runs_on(teller, sentence, sentence, come_back, stack=stack)
