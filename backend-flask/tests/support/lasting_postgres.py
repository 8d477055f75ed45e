"""A PostgreSQL that outlives the command that starts it, for builds on machines without Docker.

`python -m tests.support.lasting_postgres start FOLDER` writes its address; `stop FOLDER` ends it.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.support.postgres import START_SECONDS, PostgreSQL


def start(folder: Path) -> None:
    """Starts one in a new folder; a sentence on standard error and exit code 1 where that fails."""
    folder.mkdir(mode=0o700)
    try:
        sys.stdout.write(f"{PostgreSQL(folder).url}\n")
    except (RuntimeError, OSError) as error:
        shutil.rmtree(folder)
        sys.exit(f"lasting_postgres: {error}")


def stop(folder: Path) -> None:
    """Ends it, telling its clients, and waits until it has gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        pid = int((folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]](Path(sys.argv[2]))
