"""Reads a log stream of CloudWatch Logs from its beginning, as far as it has come, and on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import GetLogEventsResponseTypeDef


MOST_PAGES = 20
"""How many pages one reading of what is still written takes (a page has up to 10,000 lines): what else goes on is to be
seen too."""


class LogStream:
    """One stream. A stream that is not there (yet) reads as empty."""

    def __init__(self, aws: Aws, group: str, stream: str) -> None:
        self._aws = aws
        self._names = {"logGroupName": group, "logStreamName": stream}
        self._token: str | None = None

    def pages(self, *, all_of_them: bool) -> Iterator[Sequence[str]]:
        """Yield the lines that were written since the last reading, a page at a time; or but the first pages of them.

        The end is where the token that leads on stays the same:
        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
        """
        for number in count(1):
            more = {} if self._token is None else {"nextToken": self._token}
            page = self._page(startFromHead=True, **more)
            if page is None:
                return
            before, self._token = self._token, page["nextForwardToken"]
            yield _lines(page)
            if before == self._token or (number == MOST_PAGES and not all_of_them):
                return

    def last(self, most: int) -> Sequence[str]:
        """Return the last lines, as far as they fit a page; it leaves ``pages`` where they are."""
        page = self._page(startFromHead=False, limit=most)
        return [] if page is None else _lines(page)[-most:]

    def _page(self, **how: Any) -> GetLogEventsResponseTypeDef | None:  # noqa: ANN401 - parameters of the API
        try:
            return self._aws.logs.get_log_events(**self._names, **how)  # type: ignore[arg-type]
        except RefusedByAwsError as refusal:
            if refusal.code == "ResourceNotFoundException":
                return None
            raise


def _lines(page: GetLogEventsResponseTypeDef) -> list[str]:
    return [line for event in page["events"] for line in event.get("message", "").splitlines() or [""]]
