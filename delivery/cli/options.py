"""Options of a command line that more than one command takes, the environment file among them."""

import argparse
from pathlib import Path

from delivery.aws.polling import WAIT_MINUTES
from reporting.errors import CannotRunError
from settings.environment import Environment, load
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


FOLDER = PROJECT_ROOT / "config" / "environments"
"""Where environment files stand that are given by name."""

DEFAULT = "local"
"""The environment of a command line that names none."""


def add_environment_option(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take ``--environment``."""
    parser.add_argument(
        "--environment",
        default=DEFAULT,
        metavar="NAME",
        help=f"a file of config/environments without its .toml, or the path of such a file (default: {DEFAULT})",
    )


def words_for(environment: Environment) -> tuple[str, ...]:
    """Return the words that name the environment in a command line; none for the default one."""
    if environment.name == DEFAULT:
        return ()
    named = (FOLDER / f"{environment.name}.toml").is_file()
    return ("--environment", environment.name if named else "FILE")


def find_environment(name: str) -> Environment:
    """Load the environment of that name, or the file of that path; raises ``CannotRunError``."""
    path = Path(name)
    if path.suffix == ".toml" or len(path.parts) > 1:
        return load(path)
    named = FOLDER / f"{name}.toml"
    if not named.is_file():
        known = sorted(file.stem for file in FOLDER.glob("*.toml"))
        sentence = f"--environment: found {name!r}; allowed: {', '.join(known)}, or the path of an environment file."
        raise CannotRunError(sentence)
    return load(named)
