"""Commands that download, and what they ask for."""

import re
from collections.abc import Sequence

from buildspecs.shell import SimpleCommand

DOWNLOADERS = ("curl", "wget")
ADDRESS = re.compile(r"(?:https?|ftp)://")
VERSION = re.compile(r"(?<![\d.])v?\d+\.\d+(?:\.\d+)+|/[0-9a-f]{40}/|@[0-9a-f]{40}\b|/v?\d+\.\d+/")
INSTANCE_METADATA = ("http://169.254.", "https://169.254.")


def addresses(command: SimpleCommand) -> Sequence[str]:
    """Return the addresses that a download names, as they are written."""
    return [word.text for word in command.arguments if ADDRESS.match(word.text)]


def is_pinned(command: SimpleCommand) -> bool:
    """Return whether the address names a version or commit, or may do so through a variable."""
    found = addresses(command)
    return not found or any(VERSION.search(address) or "$" in address for address in found)
