"""Runs the commands of a build, one after another, as if one shell did.

Each command is a script of its own, as with CodeBuild's agent: it enters the directory and the variables that the one
before left, runs, and leaves its own. So directory, exported and plain variables last, and ``exit`` in a command ends
that command alone (what it changed is then lost, as on AWS).
"""

import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local_aws.builds.interruption import Interruption
from local_aws.builds.output import Output
from local_aws.builds.workspace import Workspace

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

ENTER = """\
cd "$(cat {directory})" || exit 1
set -a
. {variables}
"""

RUN = """\
CODEBUILD_BUILD_SUCCEEDING={succeeding}
. {command}
CODEBUILD_LAST_EXIT=$?
export -p >{variables}.new && mv -f {variables}.new {variables}
pwd >{directory}
exit "$CODEBUILD_LAST_EXIT"
"""


class Launcher(Protocol):
    """Starts processes where the commands are to run."""

    def start(self, command: list[str], output: int) -> "subprocess.Popen[bytes]":
        """Start ``command`` with standard output and error going to ``output``, in a session of its own."""

    def kill(self) -> None:
        """Kill all that was started, and what that started."""

    def close(self) -> None:
        """Kill what is left and give back what was taken."""


@dataclass
class Shell:
    """The shell of one build. ``program`` is bash or /bin/sh; ``succeeding`` becomes CODEBUILD_BUILD_SUCCEEDING."""

    workspace: Workspace
    program: str
    launcher: Launcher
    output: Output
    interruption: Interruption
    succeeding: bool = True

    def prepare(self, variables: Mapping[str, str], statements: Iterable[str] = ()) -> None:
        """Set the variables that the first command finds; ``statements`` are shell text run after them.

        What no shell can hold as a variable (``CODEBUILD_SRC_DIR_my-artifact``) is left out.
        """
        named = ((name, value) for name, value in variables.items() if NAME.fullmatch(name))
        lines = [f"export {name}={shlex.quote(value)}" for name, value in named]
        self._variables.write_text("\n".join([*lines, *statements, ""]))
        self._directory.write_text(str(self.workspace.source))

    def run(self, command: str) -> int:
        """Run one command; its exit status, or the negative number of the signal that ended it."""
        file = self._write("command.sh", f"{command}\n")
        script = self._enter() + RUN.format(succeeding=int(self.succeeding), command=_quoted(file), **self._state())
        return self._run_script("script.sh", script)

    def expand(self, text: str) -> str:
        """Give ``text`` with variables and command substitutions done, as in double quotes."""
        answer = self.workspace.shell / "answer"
        escaped = text.replace('"', '\\"')
        status = self._run_script("expand.sh", f'{self._enter()}printf %s "{escaped}" >{_quoted(answer)}\n')
        return answer.read_text(errors="replace") if status == 0 and answer.exists() else text

    def values(self, names: Iterable[str]) -> Mapping[str, str]:
        """Give the values of those variables that are set."""
        answer = self.workspace.shell / "answer"
        lines = [f'[ -z "${{{name}+x}}" ] || printf "%s\\0" {name}="${name}"' for name in names if NAME.fullmatch(name)]
        script = f"{self._enter()}{{\n" + "\n".join([*lines, ":", f"}} >{_quoted(answer)}", ""])
        if self._run_script("values.sh", script) != 0 or not answer.exists():
            return {}
        pairs = answer.read_text(errors="replace").split("\0")[:-1]
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def _variables(self) -> Path:
        return self.workspace.shell / "env.sh"

    @property
    def _directory(self) -> Path:
        return self.workspace.shell / "dir.txt"

    def _state(self) -> Mapping[str, str]:
        return {"variables": _quoted(self._variables), "directory": _quoted(self._directory)}

    def _enter(self) -> str:
        return ENTER.format(**self._state())

    def _write(self, name: str, text: str) -> Path:
        file = self.workspace.shell / name
        file.write_text(text, errors="surrogateescape")
        return file

    def _run_script(self, name: str, text: str) -> int:
        command = [self.program, str(self._write(name, text))]
        process = self.interruption.start(lambda: self.launcher.start(command, self.output.descriptor))
        status = process.wait()
        self.output.settle()
        self.interruption.check()
        return status


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
