"""What has happened between two readings of an execution."""

from collections.abc import Sequence

from delivery.releases.model.execution import Attempt, Execution


def attempts(before: Execution | None, now: Execution) -> Sequence[Attempt]:
    """Return the tries that began or ended since, the ended ones first; with nothing ``before``, all of them."""
    known = {} if before is None else {one.id: one.status for one in before.attempts}
    changed = [one for one in now.attempts if known.get(one.id) != one.status]
    return sorted(changed, key=lambda one: one.started if one.running else one.updated)


def source_read(before: Execution | None, now: Execution) -> bool:
    """Return whether it has become known since which commit is released."""
    return bool(now.revisions) and (before is None or not before.revisions)
