"""What is said when AWS was asked to begin something, and gave no answer that tells whether it did."""

from collections.abc import Iterator
from contextlib import contextmanager

from delivery.aws.errors import UnusableAnswerError
from delivery.releases.model.target import Target
from reporting.errors import FailedError


@contextmanager
def may_have_begun(target: Target, what: str) -> Iterator[None]:
    """Within this, a missing answer is raised as ``FailedError``, which says where ``what`` can be seen."""
    try:
        yield
    except UnusableAnswerError as error:
        status = target.command("status")
        sentence = f"It is not known whether {what}; see it with {status} before you try again."
        raise FailedError(*error.sentences, sentence) from None
