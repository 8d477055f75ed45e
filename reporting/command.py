"""Runs a command's body so that its user sees sentences and exit codes, never a traceback."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from reporting import signals, streams
from reporting.errors import CannotRunError, FailedError
from reporting.exit_codes import ExitCode

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the project's own modules."""

BROKEN_PIPE = signals.SHELLS_BASE + signal.SIGPIPE
"""What shells report of a command whose reader has gone."""


def argument_parser(program: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of a program such as `bin/deploy`, whose help shows the description's lines as they are."""
    raw = argparse.RawDescriptionHelpFormatter
    return argparse.ArgumentParser(prog=program, description=description, formatter_class=raw)


def run(body: Callable[[Sequence[str]], ExitCode | None]) -> int:
    """Run ``body`` with the command line's words; return the exit code for ``sys.exit``.

    A ``CannotRunError`` prints its sentences on standard error and gives 2 (a ``FailedError`` gives 1).
    """
    try:
        with signals.as_interruptions(), streams.guarded():
            code = _ended(body)
    except streams.OutputLostError as error:
        return BROKEN_PIPE if error.by_reader else _refused(error)
    except CannotRunError as error:
        return _refused(error)
    except KeyboardInterrupt as interruption:
        return signals.exit_code(interruption)
    except ImportError as error:
        if error.name is None or (ROOT / error.name.partition(".")[0]).exists():
            raise
        print(
            f"{error.name} is not installed in {sys.prefix}; remove that folder and run the command again.",
            file=sys.stderr,
        )
        return ExitCode.COULD_NOT_RUN
    except OSError as error:
        if error.filename is None:
            raise
        place, reason = error.filename2 or error.filename, error.strerror or "it can't be used"
        print(f"{place}: {reason}; make it readable and writable, and run this again.", file=sys.stderr)
        return ExitCode.COULD_NOT_RUN
    return ExitCode.CLEAN if code is None else code


def _ended(body: Callable[[Sequence[str]], ExitCode | None]) -> int | None:
    try:
        return body(sys.argv[1:])
    except SystemExit as ended:  # argparse's way of refusing, and of ending after it has shown its help
        return ended.code if isinstance(ended.code, int) else None


def _refused(error: CannotRunError) -> ExitCode:
    for sentence in error.sentences:
        print(sentence, file=sys.stderr)
    return ExitCode.FINDINGS if isinstance(error, FailedError) else ExitCode.COULD_NOT_RUN


@contextmanager
def problem_as_json(*, wanted: bool) -> Iterator[None]:
    """Within this, a ``CannotRunError`` is also written to standard output as a JSON object, if ``wanted``."""
    try:
        yield
    except CannotRunError as error:
        if wanted:
            failed = isinstance(error, FailedError)
            print(json.dumps({"kind": "problem", "sentences": error.sentences, "failed": failed}, ensure_ascii=False))
        raise


def leave(code: int) -> NoReturn:
    """End the process now, in place of ``sys.exit``, for a command that has loaded much.

    Taking thousands of classes apart takes Python longer than some commands run; the system frees them at once.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # a pipe that nobody reads any more, or that is closed
            stream.flush()
    os._exit(code)
