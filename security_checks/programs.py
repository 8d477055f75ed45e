"""Runs the tools: with a time limit, and so that one that is missing, hangs or fails is never taken for a clean one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from security_checks.results import NotCheckedError

LONGEST_REASON = 600


def module(name: str) -> list[str]:
    """Return the words that start a tool which is a module of this Python."""
    return [sys.executable, "-m", name]


def program(name: str) -> list[str]:
    """Return the words that start a tool which lies beside this Python."""
    return [str(Path(sys.executable).parent / name)]


def output_of(
    words: Sequence[str], seconds: float, *, codes: Sequence[int] = (0,), variables: Mapping[str, str] | None = None
) -> str:
    """Run a tool and return its standard output; raises ``NotCheckedError`` for exit codes other than ``codes``."""
    return _run(words, seconds, codes, variables)[0]


def json_of(
    words: Sequence[str], seconds: float, *, codes: Sequence[int] = (0,), variables: Mapping[str, str] | None = None
) -> Any:  # noqa: ANN401 - what a tool writes
    """Run a tool and return the JSON that it writes; raises ``NotCheckedError``, with what it said instead."""
    output, said = _run(words, seconds, codes, variables)
    try:
        return json.loads(output)
    except ValueError as error:
        raise NotCheckedError(f"{_name(words)} reported no result: {_reason(said or output)}") from error


def _run(
    words: Sequence[str], seconds: float, codes: Sequence[int], variables: Mapping[str, str] | None
) -> tuple[str, str]:
    name = _name(words)
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(variables or {})},
            start_new_session=True,
        )
    except OSError as error:
        raise NotCheckedError(f"{name} can't be started: {error.strerror}.") from error
    try:
        outputs = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise NotCheckedError(f"{name} had not ended after {seconds:g} s.") from error
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    output, said = (one.decode("utf-8", "replace") for one in outputs)
    if process.returncode not in codes:
        raise NotCheckedError(f"{name} ended with {process.returncode}: {_reason(said or output)}")
    return output, said


def _name(words: Sequence[str]) -> str:
    return words[2] if words[1] == "-m" else Path(words[0]).name


def _reason(text: str) -> str:
    return text.strip()[-LONGEST_REASON:] or "it said nothing"
