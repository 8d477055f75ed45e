"""Hides secret values in log lines, as CodeBuild does.

Only the exact value is found: what a command turns it into (base64, another case) is another string. See the env
section of https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from collections.abc import Iterable

MASK = "***"
SHORTEST = 2
"""A single character would blot out the log and hide nothing."""


class Masker:
    """Replaces values; a value of several lines is hidden line by line, since logs are."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def hide(self, values: Iterable[str]) -> None:
        """Add values that may not be shown."""
        lines = {line.strip() for value in values for line in value.splitlines()}
        known = {*self._values, *(line for line in lines if len(line) >= SHORTEST)}
        # A value may hold another one: the longer is replaced first.
        self._values = sorted(known, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return ``text`` with each of the values replaced by ``***``."""
        for value in self._values:
            text = text.replace(value, MASK)
        return text
