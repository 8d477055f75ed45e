"""A PostgreSQL that outlives the command that starts it, for builds on machines without Docker.

`python -m tests.support.lasting_postgres start FOLDER` prints its address; `... stop FOLDER` ends it and removes FOLDER.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.support.postgres import START_SECONDS, PostgreSQL

CANNOT_RUN = 2


def main(words: list[str]) -> int:
    """Starts or stops; exit code 0, or 2 with a sentence."""
    match words:
        case ["start", folder]:
            return _start(Path(folder))
        case ["stop", folder]:
            return _stop(Path(folder))
        case _:
            print("lasting_postgres: say 'start FOLDER' or 'stop FOLDER'", file=sys.stderr)
            return CANNOT_RUN


def _start(folder: Path) -> int:
    folder.mkdir(mode=0o700)
    try:
        print(PostgreSQL(folder).url)
    except (RuntimeError, OSError) as error:
        print(f"lasting_postgres: {error}", file=sys.stderr)
        shutil.rmtree(folder)
        return CANNOT_RUN
    return 0


def _stop(folder: Path) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        pid = int((folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(pid, signal.SIGQUIT)
        for _ in range(START_SECONDS * 20):
            os.kill(pid, 0)
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
