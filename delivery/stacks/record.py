"""What a command that changes stacks works with and has done; its last line says what stands, whichever way it ends."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

from delivery.aws.session import Aws
from delivery.output.reporter import Reporter
from delivery.stacks.operations import DONE, Kind
from reporting.errors import CannotRunError, FailedError


class Phase(Enum):
    """How far an operation came, as far as is known."""

    ASKED = auto()
    """AWS was asked to begin it, and has not answered."""
    RUNNING = auto()
    SUCCEEDED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class Fate:
    """The last operation of this run on a stack. ``status`` is the stack's, empty before the operation has ended."""

    kind: Kind
    phase: Phase
    status: str = ""

    def __str__(self) -> str:
        if self.phase is Phase.ASKED:
            return f"it is not known whether its {self.kind} began"
        if self.phase is Phase.RUNNING:
            return f"its {self.kind} runs on"
        done = DONE[self.kind] if self.phase is Phase.SUCCEEDED else f"its {self.kind} failed"
        return f"{done} ({self.status})"


UNREACHED = "not reached"
"""What is said of a stack that the command did not come to."""


class Record:
    """Knows what became of ``stacks``, in the order in which the command comes to them."""

    def __init__(self, stacks: Sequence[str] = ()) -> None:
        self._stacks = list(stacks)
        self._fates: dict[str, Fate] = {}
        self._same: dict[str, str] = {}
        self._notes: list[str] = []
        self._touched = False

    def expect(self, stacks: Sequence[str]) -> None:
        """Name the stacks that the command is about."""
        self._stacks = list(stacks)

    def fate(self, stack: str) -> Fate | None:
        """Return what was last done to the stack; ``None`` where nothing was."""
        return self._fates.get(stack)

    def put(self, stack: str, fate: Fate | None) -> None:
        """Note what was done to the stack; ``None`` takes back what was noted."""
        self._fates.pop(stack, None)
        if fate is not None:
            self._fates[stack] = fate

    def same(self, stack: str, status: str) -> None:
        """Note that the stack was looked at and not changed; ``status`` is empty where there is no such stack."""
        self._same[stack] = f"not changed ({status})" if status else "not there"

    def note(self, sentence: str, *, changed: bool = False) -> None:
        """Note what else stands at the end; ``changed`` where it was otherwise before."""
        self._notes.append(sentence)
        self._touched = self._touched or changed

    @property
    def changed(self) -> bool:
        """Whether anything in the account was changed, or may have been."""
        return self._touched or bool(self._fates)

    def closing(self) -> str:
        """Say in one line what stands."""
        first = "" if self.changed else "Nothing was changed."
        each = [f"{stack}: {said}" for stack, said in self._said().items()] if self._fates or self._same else []
        every = "; ".join([*each, *self._notes])
        return f"{first} In all: {every}.".strip() if every else first

    def facts(self) -> Mapping[str, object]:
        """Return the same as ``closing`` for a machine."""
        return {
            "result": {"changed": self.changed, "stacks": self._said(), "notes": list(self._notes)},
        }

    def closed(self, error: CannotRunError, carry_on: str) -> CannotRunError:
        """Return the error with what stands as its end; a refusal after a change is a failure.

        ``carry_on`` says how to go on from where something was changed.
        """
        if self.changed:
            return FailedError(*error.sentences, f"{self.closing()} {carry_on}")
        kind = FailedError if isinstance(error, FailedError) else CannotRunError
        if len(error.sentences) > 1:
            return kind(*error.sentences, self.closing())
        end = "" if error.sentences[0].endswith(ENDS) else "."
        return kind(f"{error.sentences[0]}{end} {self.closing()}")

    def _said(self) -> Mapping[str, str]:
        return {stack: str(self._fates.get(stack) or self._same.get(stack, UNREACHED)) for stack in self._stacks}


ENDS = (".", "?", "!")


@dataclass(frozen=True)
class Work:
    """One run of a command. ``command`` is its name, such as ``deploy``."""

    aws: Aws
    teller: Reporter
    record: Record
    command: str
    come_back: str = "Run the same command again to follow it and carry on."
    """How to see how an operation ended that was watched no more."""


@contextmanager
def closing(teller: Reporter, command: str) -> Iterator[Record]:
    """Within this, the record that it yields is filled; ``command`` is the command line that carries on."""
    record = Record()
    carry_on = f"`{command}` carries on from here."
    try:
        yield record
    except KeyboardInterrupt:
        teller.say(f"Stopped. {carry_on} {record.closing()}", stopped=True, **record.facts())
        raise
    except CannotRunError as error:
        closed = record.closed(error, carry_on)
        teller.problem(closed.sentences, failed=isinstance(closed, FailedError))
        raise closed from None
    teller.say(record.closing(), **record.facts())
