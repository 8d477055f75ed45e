"""Reads a log stream of CloudWatch Logs from its beginning, as far as it has come, and on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws_errors import RefusedByAwsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from delivery.aws import Aws

MOST_PAGES = 20
"""How many pages one reading takes at most (a page has up to 10,000 lines): what else goes on is to be seen too."""


class LogStream:
    """One stream. A stream that is not there (yet) reads as empty."""

    def __init__(self, aws: Aws, group: str, stream: str) -> None:
        self._aws = aws
        self._names = {"logGroupName": group, "logStreamName": stream}
        self._token: str | None = None

    def read(self) -> Sequence[str]:
        """Give the lines that were written since the last reading.

        The end is where the token that leads on stays the same:
        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
        """
        lines: list[str] = []
        for _ in range(MOST_PAGES):
            more = {} if self._token is None else {"nextToken": self._token}
            try:
                page = self._aws.logs.get_log_events(**self._names, startFromHead=True, **more)  # type: ignore[arg-type]
            except RefusedByAwsError as refusal:
                if refusal.code == "ResourceNotFoundException":
                    return lines
                raise
            lines.extend(line for event in page["events"] for line in event.get("message", "").splitlines() or [""])
            before, self._token = self._token, page["nextForwardToken"]
            if before == self._token:
                break
        return lines
