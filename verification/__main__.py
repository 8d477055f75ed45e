"""``python3 -m verification``: the requests of the settings, then the GET operations of the OpenAPI document.

The build's project gives all that it wants to know as environment variables (docs/release.md); its exit code is 0 when
every answer is as it must be, 1 when one is not, 2 when it can't be told.
"""

import sys
import time
from collections.abc import Sequence

from reporting import command, junit
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode
from reporting.junit import Case
from verification import documented, smoke
from verification.documented import FOLDER
from verification.wanted import Wanted, read


def main(words: Sequence[str]) -> ExitCode:
    """Ask, write the reports, and say in a line a request what came of it."""
    if words:
        raise CannotRunError(f"verification: found the word {words[0]!r}; allowed: none, its variables say all.")
    wanted = read()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not wanted.tasks:
        about = "the service is to run no task yet, so nothing answers"
        print(f"not verified: {about}", flush=True)
        _write([Case("service", skipped=about)])
        return ExitCode.CLEAN
    latest = time.monotonic() + wanted.seconds
    cases = [_asked(wanted, one, latest) for one in wanted.requests]
    _write(cases)
    failed = any(case.fault for case in cases)
    if wanted.openapi and not failed:
        failed = not documented.holds(wanted.address, wanted.openapi, latest)
    print("The service does not answer as it must." if failed else "The service answers as it must.")
    return ExitCode.FINDINGS if failed else ExitCode.CLEAN


def _asked(wanted: Wanted, request: smoke.Request, latest: float) -> Case:
    began = time.monotonic()
    fault = smoke.fault(wanted.address, request, latest)
    print(f"{'FAILED' if fault else 'ok':6}  GET {request.path}  {fault}".rstrip(), flush=True)
    return Case(f"GET {request.path}", fault=fault, more={"time": f"{time.monotonic() - began:.2f}"})


def _write(cases: Sequence[Case]) -> None:
    junit.write(junit.suite("smoke", cases), FOLDER / "smoke.xml")


if __name__ == "__main__":
    sys.exit(command.run(main))
