"""The command `bin/verify`: shows what an image was made of, and whether it may be deployed."""

import argparse
from collections.abc import Sequence

from delivery.releases.model.target import command_parser
from reporting.exit_codes import ExitCode

DESCRIPTION = """\
Shows what the bake attested of an image, and what of the policy holds or does not: the image that runs, or the one
that IMAGE names by its digest, its tag (the commit) or whole (REGISTRY/REPOSITORY@sha256:...).
Exit codes: 0 all of it holds; 1 something does not; 2 there is no such image, or not able to begin."""


def main(words: Sequence[str]) -> ExitCode:
    """Run `bin/verify` with the words of its command line."""
    options = _parser().parse_args(words)

    from delivery.releases.model.unanswered import nothing_begun  # noqa: PLC0415 - not for --help
    from delivery.releases.operations import verify  # noqa: PLC0415 - a wrong option is told without them
    from delivery.releases.output.reporter import reached  # noqa: PLC0415 - as above

    with reached(options) as (target, teller), nothing_begun(teller):
        holds = verify.show(target, options.image, teller)
    return ExitCode.CLEAN if holds else ExitCode.FINDINGS


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("verify", DESCRIPTION)
    parser.add_argument("image", nargs="?", default="", metavar="IMAGE", help="the image (default: the one that runs)")
    return parser
