"""Makes lines that a build or a task wrote fit to be shown: nothing in them may steer the terminal."""

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, moves of the cursor
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # strings for the terminal: titles, links
    r"|\x1b[ -/]*[0-~]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
TAB = 4


def printable(line: str) -> str:
    """Return the line without escape sequences and control characters; of what was written over, the last is kept."""
    plain = _ESCAPES.sub("", line).rstrip("\r\n")
    return _CONTROLS.sub("", plain.rpartition("\r")[2].expandtabs(TAB))
