"""The kinds of operations on a stack: how each of them ends well, and how every end leaves the stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What AWS is asked to do with a stack as a whole; the value is its name in a sentence."""

    CREATE = "creation"
    UPDATE = "update"
    IMPORT = "import"
    DELETE = "deletion"
    ROLLBACK = "roll-back"
    """Of an update that failed, by RollbackStack or ContinueUpdateRollback."""


SUCCEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.CREATE: ("CREATE_COMPLETE",),
    Kind.UPDATE: ("UPDATE_COMPLETE",),
    Kind.IMPORT: ("IMPORT_COMPLETE",),
    Kind.DELETE: ("DELETE_COMPLETE",),
    Kind.ROLLBACK: ("ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
}
"""The statuses in which an operation has done what was asked; with any other one at rest it has failed."""

DONE: Mapping[Kind, str] = {
    Kind.CREATE: "created",
    Kind.UPDATE: "updated",
    Kind.IMPORT: "imported",
    Kind.DELETE: "deleted",
    Kind.ROLLBACK: "rolled back",
}

BEGINNINGS: Mapping[str, Kind] = {
    "CREATE_IN_PROGRESS": Kind.CREATE,
    "UPDATE_IN_PROGRESS": Kind.UPDATE,
    "IMPORT_IN_PROGRESS": Kind.IMPORT,
    "DELETE_IN_PROGRESS": Kind.DELETE,
    "ROLLBACK_IN_PROGRESS": Kind.ROLLBACK,
    "UPDATE_ROLLBACK_IN_PROGRESS": Kind.ROLLBACK,
}
"""The kind of an operation by the status in which the stack is first."""

LEFT: Mapping[str, str] = {
    "ROLLBACK_COMPLETE": "What was made was removed again; the next deployment clears the empty stack away itself.",
    "ROLLBACK_FAILED": "Parts of it could not be removed; the next deployment tries again where nothing is lost.",
    "CREATE_FAILED": "What was made before the failure is still there; the next deployment clears it away.",
    "UPDATE_ROLLBACK_COMPLETE": "The stack is as it was before this update.",
    "UPDATE_ROLLBACK_FAILED": "The stack hangs between old and new; the next deployment tries to finish its roll-back.",
    "UPDATE_FAILED": "The stack hangs between old and new; the next deployment rolls it back first.",
    "IMPORT_ROLLBACK_COMPLETE": "The stack is as it was before; nothing was taken into it.",
    "IMPORT_ROLLBACK_FAILED": "The stack could not release what it had imported; look at its events in the console.",
    "DELETE_FAILED": "What could not be deleted is still in the stack; the rest is deleted.",
    "DELETE_COMPLETE": "The stack is gone.",
}
"""How each status leaves a stack whose operation failed."""


def is_running(status: str) -> bool:
    """Return whether a stack in that status is being worked on."""
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def left(kind: Kind, status: str) -> str:
    """Say how a failed operation leaves the stack."""
    if kind is Kind.DELETE and not status.startswith("DELETE_"):
        return "AWS gave the deletion up; the stack is as it was."
    return LEFT.get(status, "Look at its events before going on.")
