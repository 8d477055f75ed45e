"""Finds what went wrong first among the events of a failed operation; the rest is the cascade."""

import re
from collections.abc import Sequence

from delivery.model.events import Event

_CASCADE = re.compile(r"^(Resource (creation|update|deletion|import) cancelled|.*\bcancelled by\b.*)$", re.IGNORECASE)


def find(events: Sequence[Event]) -> Event | None:
    """Return the first failure of a resource, or else of the stack itself; ``events`` are oldest first.

    Resources that CloudFormation gave up because another one failed are left out, and so is the stack's own line.
    """
    failed = [event for event in events if event.status.endswith("_FAILED")]
    own = [event for event in failed if not event.of_the_stack and not _CASCADE.match(event.reason)]
    if own:
        return own[0]
    told = [event for event in events if event.of_the_stack and event.reason and "ROLLBACK" in event.status]
    return next(iter([*failed, *told]), None)
