"""Tells of a stack's update only what a person who releases wants to know: that it goes on, and what fails."""

from collections.abc import Sequence

from delivery.model.events import Event
from delivery.model.plan import StackPlan
from delivery.output.reporter import Reporter


class QuietTeller:
    """Hands on to ``teller`` all but the events of resources that went well."""

    def __init__(self, teller: Reporter) -> None:
        self._teller = teller

    def say(self, text: str, **facts: object) -> None:
        """Hand on the sentence."""
        self._teller.say(text, **facts)

    def problem(self, sentences: Sequence[str], *, failed: bool) -> None:
        """Hand on the sentences."""
        self._teller.problem(sentences, failed=failed)

    def plan(self, plan: StackPlan) -> None:
        """Hand on the plan."""
        self._teller.plan(plan)

    def event(self, event: Event) -> None:
        """Hand on a failure, or the end of the whole."""
        if "FAILED" in event.status or "ROLLBACK" in event.status:
            self._teller.event(event)

    def progress(self, text: str) -> None:
        """Hand on the line."""
        self._teller.progress(text)

    def clear(self) -> None:
        """Make room."""
        self._teller.clear()
