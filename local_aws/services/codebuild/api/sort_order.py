"""Puts a list into the order that a request asks for."""

from collections.abc import Sequence
from typing import TypeVar

from local_aws.platform.service import Json, ServiceError

Item = TypeVar("Item")


def ordered(items: Sequence[Item], request: Json, default: str = "DESCENDING") -> list[Item]:
    """Return ``items`` (oldest or smallest first) in the order that ``sortOrder`` asks for."""
    order = request.get("sortOrder", default)
    if order not in ("ASCENDING", "DESCENDING"):
        raise ServiceError("InvalidInputException", f"Invalid sortOrder {order}: ASCENDING or DESCENDING")
    return list(items) if order == "ASCENDING" else list(reversed(items))
