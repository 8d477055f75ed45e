"""`make bench-rules`: what the rules of `lint_rules/` add to cfn-lint's own time on the templates of `build/`.

Each is cfn-lint in a process of its own, without and with `--append-rules`, in turn; told is the processor's time, user
and system, whose least is what neither a busy machine nor a second core changes.
"""

import argparse
import resource
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.measuring import count
from reporting import command
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode
from reporting.terminal import Progress
from settings.root import PROJECT_ROOT

BAR = 0.3
"""The share of cfn-lint's own time that the rules may add."""
NOTHING_FOUND = (0, 4, 8)
"""cfn-lint's exit codes for nothing, warnings and advice; the others are errors, or that it did not run."""


def main(words: Sequence[str]) -> ExitCode:
    """Measure, print one table, and tell by the exit code whether the bar is met."""
    parser = argparse.ArgumentParser(prog="bin/bench-rules", description=__doc__)
    parser.add_argument("--runs", type=count, default=7, metavar="N", help="the least of so many counts (default: 7)")
    runs = parser.parse_args(words).runs
    templates = sorted(str(path) for path in (PROJECT_ROOT / "build").glob("cruddur-*.json"))
    if not templates:
        raise CannotRunError("nothing to measure; run make templates once.")
    plain = [str(PROJECT_ROOT / ".venv" / "bin" / "cfn-lint"), "--config-file", "/dev/null"]
    commands = {
        "plain cfn-lint": [*plain, "--", *templates],
        "with lint_rules/": [*plain, "--append-rules", str(PROJECT_ROOT / "lint_rules"), "--", *templates],
    }
    seconds = least(commands, runs)
    share = seconds["with lint_rules/"] / seconds["plain cfn-lint"] - 1
    print(f"seconds of the processor, least of {runs}, {len(templates)} templates")
    for name, spent in seconds.items():
        print(f"{name:34}{spent:10.2f}")
    print(f"{'the rules add':34}{share:10.0%}   bar {BAR:.0%}: the rules add less than that to cfn-lint's own time")
    return ExitCode.CLEAN if share < BAR else ExitCode.FINDINGS


def least(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """Run each of ``commands`` in turn, ``runs`` times over; gives the least processor time of each in seconds."""
    progress = Progress()
    found: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs):
        for name, words in commands.items():
            progress.show(f"run {run + 1} of {runs}: {name} ...")
            found[name].append(_processor_time(words))
    progress.clear()
    return {name: min(values) for name, values in found.items()}


def _processor_time(words: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in NOTHING_FOUND:
        raise CannotRunError(f"cfn-lint found errors or did not run; mend them first.\n{done.stdout}{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(command.run(main))
