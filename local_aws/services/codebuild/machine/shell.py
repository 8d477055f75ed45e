"""Runs the commands of a build, one after another, as if one shell did.

Each command is a script of its own, as with CodeBuild's agent: it enters the directory and the variables that the one
before left, runs, and leaves its own. So directory, exported and plain variables last, and ``exit`` in a command ends
that command alone (what it changed is then lost, as on AWS).
"""

import re
import shlex
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.services.codebuild.builds.build_log import Output
from local_aws.services.codebuild.builds.interruption import Interruption
from local_aws.services.codebuild.machine.launching import Finished, Launcher
from local_aws.services.codebuild.machine.workspace import Workspace

EXPANDED = re.compile(r"[$`\\]")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

START = 'cat >"$1" && exec </dev/null && . "$1"'
"""Keeps the script that comes as input, and runs it: a command has nothing to read from."""

SAVE = """\
export -p >{variables}
pwd >{directory}
"""

ENTER = """\
cd "$(cat {directory})" || exit 1
set -a
. {variables}
"""

RUN = """\
CODEBUILD_BUILD_SUCCEEDING={succeeding}
. {command}
CODEBUILD_LAST_EXIT=$?
{save}exit "$CODEBUILD_LAST_EXIT"
"""


@dataclass
class Shell:
    """The shell of one build. ``program`` is bash or sh; ``succeeding`` becomes CODEBUILD_BUILD_SUCCEEDING."""

    workspace: Workspace
    launcher: Launcher
    output: Output
    interruption: Interruption
    program: str = "sh"
    succeeding: bool = True

    def prepare(self, variables: Mapping[str, str], statements: Iterable[str] = ()) -> None:
        """Set the variables that the first command finds; ``statements`` are shell text run after them.

        What no shell can hold as a variable (``CODEBUILD_SRC_DIR_my-artifact``) is left out.
        """
        named = ((name, value) for name, value in variables.items() if NAME.fullmatch(name))
        lines = [f"export {name}={shlex.quote(value)}" for name, value in named]
        source = shlex.quote(str(self.workspace.source))
        self._run("\n".join([*lines, *statements, f"cd {source}", SAVE.format(**self._state())]))

    def run(self, command: str) -> int:
        """Run one command; its exit status, or the negative number of the signal that ended it."""
        file, mark = _quoted(self.workspace.shell / "command.sh"), uuid.uuid4().hex
        written = f"cat >{file} <<'{mark}'\n{command}\n{mark}\n"
        save = SAVE.format(**self._state())
        script = RUN.format(succeeding=int(self.succeeding), command=file, save=save)
        return self._run(written + self._enter() + script).status

    def expand(self, text: str) -> str:
        """Return ``text`` with variables and command substitutions done, as in double quotes."""
        if not EXPANDED.search(text):
            return text
        escaped = text.replace('"', '\\"')
        finished = self._run(f'{self._enter()}printf %s "{escaped}"\n', captured=True)
        return finished.answer if finished.status == 0 else text

    def values(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return the values of those variables that are set."""
        lines = [f'[ -z "${{{name}+x}}" ] || printf "%s\\0" {name}="${name}"' for name in names if NAME.fullmatch(name)]
        finished = self._run("\n".join([self._enter(), *lines, ":", ""]), captured=True)
        pairs = finished.answer.split("\0")[:-1] if finished.status == 0 else []
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def _state(self) -> Mapping[str, str]:
        folder = self.workspace.shell
        return {"variables": _quoted(folder / "variables.sh"), "directory": _quoted(folder / "directory.txt")}

    def _enter(self) -> str:
        return ENTER.format(**self._state())

    def _run(self, text: str, *, captured: bool = False) -> Finished:
        command = [self.program, "-c", START, self.program, str(self.workspace.shell / "script.sh")]
        script = self.interruption.start(lambda: self.launcher.start(command, f"set --\n{text}", captured=captured))
        finished = script.wait()
        self.output.settle()
        self.interruption.check()
        return finished


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
