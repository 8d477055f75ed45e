"""What is said when somebody stops watching an operation that runs on in AWS."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from delivery import console_links
from reporting.errors import CannotRunError, FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from delivery.aws import Aws
    from delivery.telling import Teller


class NotBegunError(CannotRunError):
    """AWS refused to begin the operation, so there is nothing that runs on."""


@contextmanager
def runs_on(aws: Aws, stack: str, stack_id: str, teller: Teller) -> Iterator[None]:
    """Within this, an interruption or lost contact also says that the operation on the stack is not stopped by it."""
    link = console_links.events(aws.environment.region, stack_id)
    sentence = f"{stack}: the operation runs on in AWS, watched or not; its events: {link}"
    try:
        yield
    except KeyboardInterrupt:
        teller.say(sentence, stack=stack, runs_on=True)
        raise
    except (FailedError, NotBegunError):
        raise
    except CannotRunError as error:
        raise CannotRunError(
            *error.sentences, sentence, "Run the same command again to follow it and carry on."
        ) from None
