"""``make waivers``: lists what is waived, for how long still, and what is wrong with a waiver."""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from reporting import command
from reporting.exit_codes import ExitCode
from security_checks import waivers
from security_checks.options import WAIVERS


def main(words: Sequence[str]) -> ExitCode:
    """List the waivers, those that end first at the top; exit code 1 where one has a fault."""
    about = "List the waivers with the days that each has left."
    parser = argparse.ArgumentParser(prog="bin/waivers", description=about)
    parser.add_argument("--root", default=".", help="the top of the source (the current folder)")
    parser.add_argument("--file", default=WAIVERS, help=f"the file, below it ({WAIVERS})")
    parser.add_argument("--json", action="store_true", help="as JSON")
    chosen = parser.parse_args(words)
    today = dt.datetime.now(dt.UTC).date()
    found = waivers.read(Path(chosen.root), chosen.file, today)
    by_end = sorted(found.valid, key=lambda one: one.until)
    if chosen.json:
        print(_as_json(by_end, found.faults, today))
    else:
        for one in by_end:
            left = one.days_left(today)
            print(f"{left:>4} days  {one.check} {one.id} at {one.place}: {one.reason} (until {one.until}, {one.who})")
        for fault in found.faults:
            print(f"{fault.at}: {fault.id} {fault.message}")
        if not found.valid and not found.faults:
            print(f"{chosen.file} waives nothing.")
    return ExitCode.FINDINGS if found.faults else ExitCode.CLEAN


def _as_json(valid: Sequence[waivers.Waiver], faults: Sequence[waivers.Fault], today: dt.date) -> str:
    listed = [
        {
            "check": one.check,
            "id": one.id,
            "place": one.place,
            "reason": one.reason,
            "until": one.until.isoformat(),
            "who": one.who,
            "state": one.state,
            "days_left": one.days_left(today),
            "at": one.at,
        }
        for one in valid
    ]
    faulty = [{"id": one.id, "at": one.at, "message": one.message} for one in faults]
    return json.dumps({"waivers": listed, "faults": faulty}, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(command.run(main))
