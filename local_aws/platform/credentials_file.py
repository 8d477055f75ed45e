"""The file with the profiles that clients of the local AWS name."""

import configparser
import io
from collections.abc import Mapping
from pathlib import Path

from local_aws.state.files import write_atomically


def profile(path: Path, name: str) -> Mapping[str, str]:
    """Return the values of a profile; none where it is not there."""
    profiles = _read(path)
    return dict(profiles[name]) if name in profiles else {}


def put_profile(credentials_file: Path, name: str, values: Mapping[str, str]) -> None:
    """Have the profile of that name in the file, with these values; what else stands in it stays."""
    profiles = _read(credentials_file)
    before = dict(profiles[name]) if name in profiles else {}
    wanted = {**before, **values}
    if before != wanted:
        profiles[name] = wanted
        _write(credentials_file, profiles)


def _read(path: Path) -> configparser.ConfigParser:
    """Read the profiles; none where there is no file, or a broken one."""
    parser = _parser()
    try:
        parser.read_string(path.read_text())
    except (OSError, configparser.Error, UnicodeDecodeError):
        return _parser()
    return parser


def _parser() -> configparser.ConfigParser:
    return configparser.ConfigParser(interpolation=None)


def _write(path: Path, profiles: configparser.ConfigParser) -> None:
    text = io.StringIO()
    profiles.write(text)
    write_atomically(path, text.getvalue().encode(), mode=0o600)
