"""The end of a command that changes stacks: its last line says what stands, whichever way it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from delivery.output.reporter import Reporter
from delivery.stacks.record import Record
from reporting.errors import CannotRunError, FailedError


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
