"""Looks at the files of a state folder before a start: none may be taken for what it is not, and none fail silently.

A file that can be made anew is put aside, and a sentence says so. One that can't be made anew ends the start.
"""

import configparser
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from local_aws.process.server_record import ServerRecord, StateFolder
from local_aws.services.logs.event_file import examine_events
from local_aws.state.copies import examine_database
from local_aws.state.files import put_aside
from local_aws.state.objects import FOLDER as OBJECTS
from local_aws.state.objects import examine_objects
from reporting.errors import CannotRunError

SECRET_LENGTH = 32
"""Bytes of the registry's secret."""

_FOLDERS = (OBJECTS, "layers", "ledger", "builds", "repositories")
DEPLOYER = "deployer"
_EARLIER_FORM = "services"
_BEGINNING = 1 << 20
"""Bytes of a file that are looked at."""


@dataclass(frozen=True)
class _File:
    """A file that can be made anew: whether its content is sound, and what follows where it is not."""

    name: str
    is_sound: Callable[[bytes], bool]
    consequence: str


def examine(folder: StateFolder) -> list[str]:
    """Make the folder fit for a start; give a sentence on each thing that was broken. ``CannotRunError`` ends it."""
    if (folder.path / _EARLIER_FORM).is_dir():
        raise CannotRunError(
            f"{folder.path} holds the state of an earlier version, in a form that this one can't read: forget it with "
            f"bin/local-aws reset --state {folder.path}, and deploy again."
        )
    for name in _FOLDERS:
        path = folder.path / name
        if path.exists() and not (path.is_dir() and os.access(path, os.R_OK | os.W_OK | os.X_OK)):
            raise CannotRunError(f"{path} must be a folder that you may read and write: move it away, or give it back.")
    return [
        *examine_database(folder.path),
        *examine_objects(folder.path),
        *examine_events(folder.path),
        *_examine_files(folder),
    ]


def _examine_files(folder: StateFolder) -> Iterator[str]:
    for file in _files(folder):
        path = folder.path / file.name
        if os.path.lexists(path) and not _is_sound(path, file.is_sound):
            aside = put_aside(path)
            yield f"{path} was broken, and was put aside as {aside.name}: {file.consequence}"


def _is_sound(path: Path, check: Callable[[bytes], bool]) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return check(file.read(_BEGINNING))
    except (OSError, ValueError, KeyError, TypeError, configparser.Error):
        return False


def _files(folder: StateFolder) -> list[_File]:
    lines = ("ledger/calls.jsonl", "ledger/calls.earlier.jsonl")
    return [
        _File(folder.record.name, _is_record, "it is written anew."),
        _File(folder.credentials.name, _is_credentials, "the deployer has a new key, in a new file."),
        _File("registry-secret", lambda content: len(content) == SECRET_LENGTH, "log in to the registry again."),
        *(_File(name, _are_lines, "a new one is begun.") for name in lines),
        *(_File(path.name, lambda _content: True, "a new one is begun.") for path in (folder.log, folder.earlier_log)),
    ]


def _is_record(content: bytes) -> bool:
    members = json.loads(content)
    return isinstance(members, dict) and members.keys() == {field.name for field in fields(ServerRecord)}


def _is_credentials(content: bytes) -> bool:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(content.decode())
    return all(parser.get(DEPLOYER, name) for name in ("aws_access_key_id", "aws_secret_access_key"))


def _are_lines(content: bytes) -> bool:
    """Return whether the first line is one of the ledger's; the last one may be half written."""
    return not content or isinstance(json.loads(content.splitlines()[0])["sequence"], int)
