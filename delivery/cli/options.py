"""Values of a command line that more than one command takes."""

import argparse
from pathlib import Path

from delivery.aws.polling import WAIT_MINUTES
from settings.root import PROJECT_ROOT

MOST_MINUTES = 24 * 60
"""A day: longer than any operation of CloudFormation is worth waiting for."""


def add_build_option(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take ``--build``."""
    parser.add_argument(
        "--build",
        type=Path,
        default=PROJECT_ROOT / "build",
        metavar="DIR",
        help="the folder with the manifest and the templates (default: build/ of this project)",
    )


def add_wait_option(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take ``--wait-minutes``."""
    parser.add_argument(
        "--wait-minutes",
        type=minutes,
        default=WAIT_MINUTES,
        metavar="N",
        help=f"how long to wait at most for any one thing; what was begun runs on (default: {WAIT_MINUTES:g})",
    )


def minutes(text: str) -> float:
    """Read a number of minutes; what is not one raises what argparse turns into a sentence."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"found {text!r}; allowed is a number of minutes from 0 to {MOST_MINUTES}")
    return value
