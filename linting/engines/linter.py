"""Starts the linters of templates early, hands them the templates when they are there, and reads their findings."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from linting.limits import given_up
from linting.result_cache import CONFIGURATION
from reporting.errors import CannotRunError
from reporting.findings import Finding, Severity
from settings.root import PROJECT_ROOT

CFN_LINT, VALIDATOR = "cfn-lint", "AWS's validator"
LONGEST = 300
"""Characters of a sentence."""
NO_SCHEMAS = os.devnull
"""cfn-lint prefers schemas that the user has downloaded; the same template must give the same verdict anywhere."""


class Linter:
    """cfn-lint and AWS's validator, loading in the background from ``with`` on, for one set of files."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "linting.engines.process", str(CONFIGURATION)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C is for the command; it ends the linters
            env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "XDG_CACHE_HOME": NO_SCHEMAS},
        )
        # Open until the end: where it is closed, this process has ended, and the linters end too.
        self._requests = cast("IO[str]", self._process.stdin)
        self._answers = cast("IO[str]", self._process.stdout)
        self._renamed = contextlib.ExitStack()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._answers.close()
        with contextlib.suppress(BrokenPipeError):
            self._requests.close()
        self._renamed.close()

    def start_on(self, folder: Path, files: Sequence[str], regions: Sequence[str]) -> None:
        """Hand over ``files`` of ``folder`` to lint for ``regions``; it works while the caller does something else."""
        self._names = {self._path(folder / file): file for file in files}
        request = {"files": list(self._names), "regions": list(regions)}
        with contextlib.suppress(BrokenPipeError):  # it has ended; `findings` says so
            self._requests.write(json.dumps(request) + "\n")
            self._requests.flush()

    def _path(self, file: Path) -> str:
        """Return the path to hand over: of a copy where the name is not UTF-8, which the linters can't speak of.

        What is a file to this process, as ``/dev/stdin`` may be, is handed over by its own name.
        """
        file = file.resolve() if file.parts[:2] in {("/", "dev"), ("/", "proc")} else file
        try:
            str(file).encode()
        except UnicodeEncodeError:
            folder = self._renamed.enter_context(tempfile.TemporaryDirectory(prefix="lint-"))
            return shutil.copy(str(file), f"{folder}/template{file.suffix if file.suffix.isascii() else ''}")
        return str(file)

    def findings(self, done: Callable[[str], None]) -> dict[str, dict[str, list[Finding]]]:
        """Wait for the findings, by linter and by file as it was handed over; ``done`` is told of cfn-lint's files."""
        found: dict[str, dict[str, list[Finding]]] = {}
        for line in self._answers:
            answer = json.loads(line)
            linter, name = answer["linter"], self._names[answer["file"]]
            told = [_finding(name, row) for row in answer.get("rows", ())]
            if "gave up" in answer:
                told = [given_up(name, linter, answer["gave up"])]
            found.setdefault(linter, {})[name] = sorted(told)
            if linter == CFN_LINT:
                done(name)
        if self._process.wait() or any(len(found.get(one, ())) < len(self._names) for one in (CFN_LINT, VALIDATOR)):
            raise CannotRunError(
                "The linters stopped before they were done; what they printed is above. Fix .cfnlintrc if that is "
                "what it names, or remove .venv and run the command again."
            )
        return found


def _finding(file: str, row: Mapping[str, Any]) -> Finding:
    texts = {"sentence": one_line(row["sentence"]), "remedy": " ".join(row["remedy"].split())}
    return Finding(file=file, **{**row, **texts, "severity": Severity(row["severity"])})


def one_line(text: str) -> str:
    """Return ``text`` in one line; what an engine lists beyond ``LONGEST`` is cut."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 4].rstrip()} ..."
