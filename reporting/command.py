"""Runs a command's body so that its user sees sentences and exit codes, never a traceback."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NoReturn

from reporting.errors import CannotRunError, FailedError
from reporting.exit_codes import ExitCode

INTERRUPTED = 130
"""What shells use for a command ended by Ctrl-C (128 + SIGINT)."""


def run(body: Callable[[Sequence[str]], ExitCode | None]) -> int:
    """Run ``body`` with the command line's words; give back the exit code for ``sys.exit``.

    A ``CannotRunError`` prints its sentences on standard error and gives 2 (a ``FailedError`` gives 1).
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error does: no name is an error
    try:
        code = body(sys.argv[1:])
        sys.stdout.flush()
    except CannotRunError as error:
        for sentence in error.sentences:
            print(sentence, file=sys.stderr)
        return ExitCode.FINDINGS if isinstance(error, FailedError) else ExitCode.COULD_NOT_RUN
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.CLEAN
    except OSError as error:
        if error.filename is None:
            raise
        place, reason = error.filename2 or error.filename, error.strerror or "it can't be used"
        print(f"{place}: {reason}; see to it that it can be read and written, and run this again.", file=sys.stderr)
        return ExitCode.COULD_NOT_RUN
    return ExitCode.CLEAN if code is None else code


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
