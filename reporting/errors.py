"""The one exception that commands turn into a sentence and an exit code."""

from collections.abc import Sequence


class CannotRunError(Exception):
    """The work can't be done, for a reason that the user can act on; exit code 2.

    Each of ``sentences`` stands for itself and says what is wrong, where, what is allowed and what to do.
    """

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences: Sequence[str] = sentences


class FailedError(CannotRunError):
    """The work was started and failed (a deployment that rolled back, a release that stopped); exit code 1."""
