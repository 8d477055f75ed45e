"""The contents of buckets, which MiniStack keeps in files: on disk before the answer, or the request fails.

MiniStack writes a warning where a file can't be written, and answers as if it were.
"""

from contextvars import ContextVar
from pathlib import Path

from ministack.services import s3

from local_aws.state.files import write_atomically

_failures: ContextVar[list[OSError] | None] = ContextVar("failures", default=None)


def keep_objects_safely() -> None:
    """Write each object's file so that it survives a loss of power, and remember for its request where that fails."""

    def write(path: str, content: bytes | str, *, text: bool = False) -> None:
        del text
        try:
            write_atomically(Path(path), content.encode() if isinstance(content, str) else content)
        except OSError as error:
            failures = _failures.get()
            if failures is not None:
                failures.append(error)
            raise

    s3._atomic_write = write


def begin_request() -> None:
    """Remember what fails from here on, in the request that runs."""
    _failures.set([])


def failure_of_request() -> OSError | None:
    """Give the first failure to write in the request that runs; None where there was none."""
    failures = _failures.get()
    return failures[0] if failures else None
