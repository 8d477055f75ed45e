"""Where a page of a feed ends, as text that clients pass back: opaque to them, so that it may change."""

import base64
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LAST_MICROSECOND: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
# Microseconds since 1970, and the id.
_FORMAT: Final = struct.Struct(">Q16s")
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{32}")


class CursorError(ValueError):
    """The text is no cursor."""


@dataclass(frozen=True)
class Cursor:
    """A place in a feed: that of an activity. What comes after it is older, or as old with a lower id."""

    created_at: datetime
    uuid: UUID

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what `str` made; raises CursorError. A place that no activity has is one too."""
        if not _TEXT.fullmatch(text):
            raise CursorError
        microseconds, uuid = _FORMAT.unpack(base64.urlsafe_b64decode(text))
        return cls(_EPOCH + min(microseconds, _LAST_MICROSECOND) * _MICROSECOND, UUID(bytes=uuid))

    def __str__(self) -> str:
        microseconds = max(0, (self.created_at - _EPOCH) // _MICROSECOND)
        return base64.urlsafe_b64encode(_FORMAT.pack(microseconds, self.uuid.bytes)).decode()
