"""Finds the environment file that a command line names."""

import argparse
from pathlib import Path

from reporting.errors import CannotRunError
from settings.environment import Environment, load
from settings.root import PROJECT_ROOT

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
