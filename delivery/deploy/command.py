"""The command `bin/deploy`: brings the stacks of `build/` to an environment."""

import argparse
import shlex
from collections.abc import Sequence

from delivery.cli.options import add_build_option, add_environment_option, add_wait_option, find_environment
from delivery.cli.prompts import has_terminal
from delivery.deploy.options import DeployOptions
from reporting.command import argument_parser

DESCRIPTION = """\
Deploys the stacks of build/ to an environment: shows what would change, asks, changes it, and shows how it goes.
Replacing or removing what holds data is refused without --allow-replacement. Running it again carries on where it
was stopped. Exit codes: 0 done or nothing to do; 1 a deployment failed; 2 refused or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/deploy` with the words of its command line."""
    options = _parser().parse_args(words)
    environment = find_environment(options.environment)

    from delivery.deploy.deployment import deploy  # noqa: PLC0415 - imports boto3, which --help can do without
    from delivery.output.reporter import JsonReporter, TextReporter  # noqa: PLC0415 - as above

    choices = DeployOptions(
        stacks=tuple(options.stack),
        agreed=options.yes,
        askable=has_terminal() and not options.json,
        review=options.review,
        allow_replacement=options.allow_replacement,
        import_existing=options.import_existing,
        drift=options.drift,
        wait_minutes=options.wait_minutes,
        command=shlex.join(["bin/deploy", *words]),
    )
    deploy(environment, options.build, choices, JsonReporter() if options.json else TextReporter())


def _parser() -> argparse.ArgumentParser:
    parser = argument_parser("bin/deploy", DESCRIPTION)
    add_environment_option(parser)
    add = parser.add_argument
    add("--stack", action="append", default=[], metavar="NAME", help="deploy this stack alone (may be repeated)")
    add("--yes", action="store_true", help="agree to all changes without being asked")
    add("--review", action="store_true", help="make the change set, print where to look at it, change nothing")
    add("--allow-replacement", action="store_true", help="agree to replacing or removing resources that hold data")
    add("--drift", action="store_true", help="say first what was changed by hand, where AWS detects it")
    add(
        "--import-existing",
        action="store_true",
        help="take resources of the same name that exist already into the stack",
    )
    add_wait_option(parser)
    add("--json", action="store_true", help="write one JSON object a line instead of text")
    add_build_option(parser)
    return parser
