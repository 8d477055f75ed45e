"""The notices that every reader gets: written in notices.json, reviewed and released like the code.

They need no database, so they can still be read when it is down, which is when people look for one.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from cruddur.settings import SettingsError

_COUNTS = {"likes_count", "replies_count", "reposts_count"}
_FIELDS = {"uuid", "handle", "message", "created_at", "expires_at", "replies", *_COUNTS}


class Notices:
    """The notices of this release; raises SettingsError when they are not in order, at start."""

    def __init__(self, text: str | None = None) -> None:
        """`text` is a JSON array of notices; by default the one that ships with the service."""
        if text is None:
            text = files("cruddur.activities").joinpath("notices.json").read_text(encoding="utf-8")
        try:
            notices = [(datetime.fromisoformat(notice["expires_at"]), notice) for notice in json.loads(text)]
            missing = sorted({name for _, notice in notices for name in _FIELDS - set(notice)})
            self._notices = sorted(notices, key=_created_at, reverse=True)
        except (ValueError, KeyError, TypeError) as error:
            message = f"notices.json cannot be read: {type(error).__name__}: {error}"
            raise SettingsError(message) from error
        if missing:
            message = f"notices.json has a notice without {', '.join(missing)}"
            raise SettingsError(message)

    def current(self) -> list[dict[str, Any]]:
        """The notices that have not expired, newest first."""
        now = datetime.now(UTC)
        return [notice for expires_at, notice in self._notices if expires_at > now]


def _created_at(entry: tuple[datetime, dict[str, Any]]) -> datetime:
    return datetime.fromisoformat(entry[1]["created_at"])
