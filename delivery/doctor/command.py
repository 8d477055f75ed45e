"""The command `bin/doctor`: says what is wrong, and what to do about it. It changes nothing."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from delivery.cli.options import add_build_option, add_environment_option, find_environment
from reporting.command import argument_parser, problem_as_json
from reporting.exit_codes import ExitCode
from reporting.terminal import styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from delivery.doctor.check import Result
    from delivery.doctor.log_causes import Log, NamedCause

DESCRIPTION = """\
Checks machine, environment, connection, secrets, image and last execution: a line each with ok, not ok or not checked,
and the remedy. With --log, names the cause in a log of CodeBuild, CodePipeline, ECS or CloudFormation.
Exit codes: 0 nothing is wrong, or the log's cause is named; 1 something is not ok, or the log names no known cause;
2 not able to look, such as at a file that is not there."""

WIDTH = 18
"""Columns of a check's name."""

STYLES = {"ok": "green", "not ok": "red", "not checked": "grey"}


def main(words: Sequence[str]) -> ExitCode:
    """Run `bin/doctor` with the words of its command line."""
    options = _parser().parse_args(words)
    with problem_as_json(wanted=options.json):
        return _name_cause(options) if options.log is not None else _examine(options)


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("bin/doctor", DESCRIPTION)
    add_environment_option(parser)
    add_build_option(parser)
    parser.add_argument("--log", metavar="FILE", help="search this log for known causes; - for standard input")
    parser.add_argument("--json", action="store_true", help="write one JSON object a line instead of text")
    return parser


def _examine(options: argparse.Namespace) -> ExitCode:
    environment = find_environment(options.environment)

    from delivery.doctor import examination  # noqa: PLC0415 - imports boto3, which --help can do without
    from delivery.doctor.check import State  # noqa: PLC0415 - as above

    wrong = total = 0
    for result in examination.results(environment, options.environment, options.build):
        total += 1
        wrong += result.state is State.NOT_OK
        _show(result, as_json=options.json)
    if not options.json:
        print(f"{wrong} of {total} checks are not ok." if wrong else "Nothing is wrong.")
    return ExitCode.FINDINGS if wrong else ExitCode.CLEAN


def _show(result: Result, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"kind": "check", **asdict(result)}, ensure_ascii=False), flush=True)
        return
    state = styled(f"{result.state:<11}", STYLES[result.state])
    print(f"{result.name:<{WIDTH}} {state}  {result.says} {result.remedy}".rstrip(), flush=True)


def _name_cause(options: argparse.Namespace) -> ExitCode:
    from delivery.doctor import log_causes  # noqa: PLC0415 - a table that --help can do without

    log = log_causes.read(options.log)
    found = log_causes.find(log)
    if options.json:
        _write(log, found)
    else:
        _print(log, found)
    return ExitCode.CLEAN if found else ExitCode.FINDINGS


def _write(log: Log, found: Sequence[NamedCause]) -> None:
    from delivery.doctor import log_causes  # noqa: PLC0415 - as above

    for one in found:
        cause = {"says": one.cause.says, "remedy": one.cause.remedy, "source": one.cause.source}
        print(json.dumps({"kind": "cause", **asdict(one.line), **cause}, ensure_ascii=False))
    if not found:
        lines = [asdict(line) for line in log_causes.telling_lines(log)]
        print(json.dumps({"kind": "unknown-cause", "skipped": log.skipped, "lines": lines}, ensure_ascii=False))


def _print(log: Log, found: Sequence[NamedCause]) -> None:
    from delivery.doctor import log_causes  # noqa: PLC0415 - as above

    if log.skipped:
        print(f"The log is long: only its end was searched, from line {log.skipped + 1} on.")
    for place, one in enumerate(found):
        print(f"{'Also named' if place else 'Likely cause'}: {one.cause.says}")
        print(f"  line {one.line.number}: {one.line.text}")
        print(f"  What to do: {one.cause.remedy} ({one.cause.source})")
    if not found:
        print("The log names no known cause. Look first at these lines:")
        for line in log_causes.telling_lines(log):
            print(f"  line {line.number}: {line.text}")
        print("`make status` shows which action failed and how; `make logs` shows all that its build wrote.")
