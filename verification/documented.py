"""Holds a service against its OpenAPI document with schemathesis: GET operations alone, which change nothing.

https://schemathesis.readthedocs.io/en/stable/reference/cli/
"""

import subprocess
import sys
import time
from pathlib import Path

from reporting import junit
from reporting.errors import CannotRunError
from reporting.junit import Case
from verification.smoke import SECONDS

FOLDER = Path("reports", "verify")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
"""What an answer is held against. None of them needs a request that changes anything, or to know who asks."""
EXAMPLES = 10
"""Of each operation, and good ones alone: to others, a load balancer may answer by itself, as no document says."""
PHASES = ("examples", "fuzzing")
"""Without that of coverage, which asks with other methods than the document's, too."""
FAILED = 1


def holds(address: str, path: str, latest: float) -> bool:
    """Return whether every answer is as the document at ``path`` says; schemathesis writes which is not.

    It has until ``latest``, a moment of the monotonic clock.
    """
    seconds = int(latest - time.monotonic())
    if seconds <= 0:
        return _not_asked("not asked: the time for all requests was over")
    options = ["--checks", ",".join(CHECKS), "--include-method", "GET", "--phases", ",".join(PHASES)]
    options += ["--mode", "positive", "--max-examples", str(EXAMPLES), "--generation-deterministic", "--workers", "1"]
    options += ["--no-color", "--continue-on-failure", "--request-timeout", str(SECONDS)]
    options += ["--report", "junit", "--report-junit-path", str(FOLDER / "openapi.xml")]
    command = [sys.executable, "-m", "schemathesis.cli", "run", address + path, *options]
    try:
        code = subprocess.run(command, check=False, timeout=seconds).returncode
    except subprocess.TimeoutExpired:
        return _not_asked(f"schemathesis had not ended after {seconds} s: the time for all requests was over")
    if code not in (0, FAILED):
        raise CannotRunError(
            f"schemathesis ended with {code}; the lines above say why. It is locked in verification/requirements.txt, "
            f"and reads {address}{path}."
        )
    return code == 0


def _not_asked(why: str) -> bool:
    print(f"FAILED  OpenAPI document  {why}")
    junit.write(junit.suite("openapi", [Case("OpenAPI document", fault=why)]), FOLDER / "openapi.xml")
    return False
