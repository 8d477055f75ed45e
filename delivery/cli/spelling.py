"""How a command is told to a person: as make has it where make was typed, else as a script of `bin/`."""

import os
import shlex
from collections.abc import Iterator, Sequence

VALUES = {"--environment": "ENV", "--service": "SERVICE", "--commit": "COMMIT", "--stack": "STACK"}
SWITCHES = {"--yes": "YES", "--allow-replacement": "ALLOW_REPLACEMENT", "--working-tree": "WORKING_TREE"}
"""Options that the Makefile has variables for; anything else is among its ARGS."""
LEVEL = "MAKELEVEL"
"""make sets it for what it starts: https://www.gnu.org/software/make/manual/html_node/Recursion.html"""


def command(name: str, *words: str) -> str:
    """Return the command line of a command, such as `make status ENV=prod` or `bin/status --environment prod`."""
    if not os.environ.get(LEVEL):
        return shlex.join([f"bin/{name}", *words])
    if name == "secret":
        *others, value = words[1:] if words[0] == "put" else (*words[1:], "")
        return " ".join(["make secret", *_assignments(others), *([f"NAME={shlex.quote(value)}"] if value else [])])
    return " ".join([f"make {name}", *_assignments(words)])


def _assignments(words: Sequence[str]) -> Iterator[str]:
    left, waiting = [], ""
    for word in words:
        if waiting:
            yield f"{waiting}={shlex.quote(word)}"
            waiting = ""
        elif word in VALUES:
            waiting = VALUES[word]
        elif word in SWITCHES:
            yield f"{SWITCHES[word]}=1"
        else:
            left.append(word)
    if left:
        yield f"ARGS={shlex.quote(shlex.join(left))}"
