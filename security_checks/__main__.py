"""``python -m security_checks``: all checks on a service's source."""

import datetime as dt
import sys
from collections.abc import Sequence

from reporting import command
from reporting.exit_codes import ExitCode
from security_checks import waivers
from security_checks.checks import dependencies
from security_checks.inspection import inspect
from security_checks.options import parsed
from security_checks.output import junit, sarif, summary, vex


def main(words: Sequence[str]) -> ExitCode:
    """Run the checks, write what they found, and report it."""
    source, waiver_file = parsed(words)
    read = waivers.read(source.root, waiver_file, dt.datetime.now(dt.UTC).date())
    source.output.mkdir(parents=True, exist_ok=True)
    results = inspect(source, read)
    for result in results:
        junit.write(result, source.output)
    sarif.write(results, source.output / "security.sarif")
    summary.write(results, source.output / "results.json")
    vex.write(next(one for one in results if one.check == dependencies.CHECK), source.output / "vex.cdx.json")
    for line in summary.lines(results):
        print(line)
    count = sum(len(one.open) for one in results)
    if count:
        print(f"{count} findings; fix them, or accept one for a time in {waiver_file} (docs/security-checks.md).")
    return ExitCode.FINDINGS if count else ExitCode.CLEAN


if __name__ == "__main__":
    sys.exit(command.run(main))
