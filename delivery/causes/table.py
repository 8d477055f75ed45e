"""The table of known causes: the files of this folder, read once.

Each ``[[cause]]`` has a ``pattern`` (a regular expression in which ``^`` begins a line), the sentence ``says`` and the
``remedy`` (both may name groups of the pattern in braces), the page that tells more as ``source``, and an ``example``
of what the service says. Within a file, and from file to file of an order, special causes are before general ones.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

STACK = ("account", "cloudformation", "stack_failures")
"""The files that are searched for why an operation on a stack failed, in this order."""

RELEASE = ("account", "source", "ecs", "codebuild", "registry", "codepipeline", "machine", "service", "general")
"""The same for a release."""


@dataclass(frozen=True)
class Cause:
    """A row of the table."""

    expression: re.Pattern[str]
    says: str
    remedy: str
    source: str


CAUSES = {
    path.stem: tuple(
        Cause(re.compile(row["pattern"], re.MULTILINE), row["says"], row["remedy"], row["source"])
        for row in tomllib.loads(path.read_text("utf-8"))["cause"]
    )
    for path in sorted(FOLDER.glob("*.toml"))
}
"""The rows of each file, by the file's name without its ending."""
