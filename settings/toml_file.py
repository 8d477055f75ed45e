"""Opens a settings file as a table."""

import tomllib
from pathlib import Path

from reporting.errors import CannotRunError
from settings.toml_table import Table
from settings.validation_errors import ValidationErrors


def shown(path: Path) -> str:
    """Name ``path`` as a person would: relative to where the command runs, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def open_table(path: Path) -> tuple[Table, ValidationErrors]:
    """Read the TOML file at ``path``; a file that can't be read or parsed raises ``CannotRunError``."""
    mistakes = ValidationErrors(shown(path))
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CannotRunError(f"{shown(path)}: it can't be read: {error.strerror}; put a TOML file there.") from None
    except UnicodeDecodeError as error:
        sentence = f"{shown(path)}: byte {error.start} is not UTF-8; save the file as UTF-8 text."
        raise CannotRunError(sentence) from None
    try:
        return Table(tomllib.loads(text), "", mistakes), mistakes
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        sentence = f"{shown(path)}: it is not valid TOML: {error}; allowed is TOML 1.0 (https://toml.io)."
        raise CannotRunError(sentence) from None
