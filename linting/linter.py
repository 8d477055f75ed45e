"""Starts cfn-lint early, hands it the templates when they are there, and reads its findings."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from linting.conditions import CONFIGURATION
from reporting.errors import CannotRunError
from reporting.findings import Finding, Severity
from settings.root import PROJECT_ROOT


class Linter:
    """cfn-lint, loading in the background from ``with`` on, for one set of files."""

    def __enter__(self) -> Self:
        # cfn-lint prefers schemas that the user has downloaded; the same template must give the same verdict anywhere.
        self._no_schemas = tempfile.TemporaryDirectory(prefix="cfn-lint-")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "linting.cfn_lint_process", str(CONFIGURATION)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C is for the command; it ends the linter
            env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "XDG_CACHE_HOME": self._no_schemas.name},
        )
        self._requests = cast("IO[str]", self._process.stdin)
        self._answers = cast("IO[str]", self._process.stdout)
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
        self._no_schemas.cleanup()

    def start_on(self, folder: Path, files: Sequence[str], regions: Sequence[str]) -> None:
        """Hand over ``files`` of ``folder`` to lint for ``regions``; it works while the caller does something else."""
        self._names = {str(folder / file): file for file in files}
        request = {"files": list(self._names), "regions": list(regions)}
        with contextlib.suppress(BrokenPipeError):  # it has ended; `findings` says so
            self._requests.write(json.dumps(request) + "\n")
            self._requests.close()

    def findings(self, done: Callable[[str], None]) -> dict[str, list[Finding]]:
        """Wait for the findings, by file as it was handed over; ``done`` is told each as it comes."""
        found = {}
        for line in self._answers:
            answer = json.loads(line)
            name = self._names[answer["file"]]
            found[name] = sorted(_finding(name, match) for match in answer["findings"])
            done(name)
        if self._process.wait() or len(found) < len(self._names):
            raise CannotRunError(
                "cfn-lint stopped before it was done; what it said stands above. Mend .cfnlintrc if that is what it "
                "names, or remove .venv and run the command again."
            )
        return found


def _finding(file: str, match: Sequence[str | int]) -> Finding:
    line, column, rule, severity, message, source, place = match
    return Finding(
        file=file,
        line=int(line),
        column=int(column),
        id=str(rule),
        severity=Severity(str(severity)),
        sentence=str(message),
        remedy=f"See {source}" if source else "",
        place=str(place),
    )
