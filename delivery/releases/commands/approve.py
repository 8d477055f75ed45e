"""The command `bin/approve`: answers an approval that a release waits for."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import add_execution_option, command_parser

DESCRIPTION = """\
Answers an approval that a release waits for, or the pause of a roll-out: yes, or no with --reject, by which the release
fails or the roll-out is rolled back.
Exit codes: 0 answered; 2 nothing waits for an answer, or not able to begin."""


def main(words: Sequence[str]) -> None:
    """Run `bin/approve` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.operations import approve  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller):
        answer = approve.Answer(options.execution, options.action, options.reject, options.summary)
        approve.answer(target, answer, teller)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("approve", DESCRIPTION)
    add_execution_option(parser, "whichever waits for an answer")
    parser.add_argument("--action", metavar="NAME", help="the approval action, where several wait")
    parser.add_argument("--reject", action="store_true", help="answer no")
    parser.add_argument("--summary", default="", metavar="TEXT", help="a comment, kept with the answer")
    return parser
