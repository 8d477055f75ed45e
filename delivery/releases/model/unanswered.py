"""What is said when AWS gave no answer that tells whether it began something, or was not asked to yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from delivery.aws.errors import UnusableAnswerError
from delivery.output.reporter import Reporter
from delivery.releases.model.target import Target
from reporting.errors import FailedError


@contextmanager
def nothing_begun(teller: Reporter) -> Iterator[None]:
    """Within this, AWS is only read: an interruption says so."""
    try:
        yield
    except KeyboardInterrupt:
        teller.clear()
        teller.say("Stopped. Nothing was changed.", stopped=True)
        raise


@contextmanager
def may_have_begun(target: Target, what: str, teller: Reporter) -> Iterator[None]:
    """Within this, AWS is asked to begin something: without its answer, it is said where ``what`` can be seen.

    A missing answer is raised as ``FailedError``.
    """
    sentence = f"It is not known whether {what}; see it with {target.command('status')} before you try again."
    try:
        yield
    except KeyboardInterrupt:
        teller.clear()
        teller.say(sentence, stopped=True)
        raise
    except UnusableAnswerError as error:
        raise FailedError(*error.sentences, sentence) from None
