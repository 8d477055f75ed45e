"""Lets only so many builds run at once; the others wait in phase QUEUED."""

import threading

from local_aws.services.codebuild.builds.interruption import TIMED_OUT, InterruptedBuildError, Interruption


class Slots:
    """``count`` places; a build has one while it runs."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._changed = threading.Condition()

    def take(self, interruption: Interruption, seconds: float) -> None:
        """Wait for a place; raises ``InterruptedBuildError`` when stopped, or when ``seconds`` have passed."""
        interruption.on_interrupt(self._wake)
        with self._changed:
            found = self._changed.wait_for(lambda: self._free > 0 or interruption.happened.is_set(), seconds)
            interruption.check()
            if not found:
                raise InterruptedBuildError(TIMED_OUT)
            self._free -= 1

    def give_back(self) -> None:
        """Let the next build in."""
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
