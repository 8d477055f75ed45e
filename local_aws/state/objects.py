"""The files of a bucket's objects: each has its content, and beside it a record of its size and more, in JSON.

Both are replaced together: the new record is there before the new content, under a name of its own, and takes its
place after it. What a crash left in between is finished at the next start, or undone.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from local_aws.state.files import put_aside, replace_file

FOLDER = "objects"
"""Below the state folder."""

_ASIDE = "objects.broken"
_RECORD, _NEW = ".meta.json", ".meta.json.new.tmp"
_LEFT = ".tmp"


def begin_record(content: Path, record: bytes) -> None:
    """Write the record of what is about to become the ``content``."""
    replace_file(content.with_name(content.name + _NEW), record)


def finish_record(content: Path) -> None:
    """Have the record that was begun take its place."""
    content.with_name(content.name + _NEW).replace(content.with_name(content.name + _RECORD))


def examine_objects(state_folder: Path) -> Iterator[str]:
    """Finish or undo what a crash left half done; give a sentence on each object that is broken and was put aside."""
    top = state_folder / FOLDER
    for folder, _folders, names in os.walk(top):
        for name in names:
            _tidy(Path(folder, name))
    for folder, folders, names in os.walk(top):
        for name in sorted(each for each in (*names, *folders) if each.endswith(_RECORD)):
            record = Path(folder, name)
            content = record.with_name(name.removesuffix(_RECORD))
            reason = _reason(record, content)
            if reason:
                aside = state_folder / _ASIDE / record.parent.relative_to(top)
                moved = [put_aside(path, aside) for path in (content, record) if path.exists()]
                yield f"The object {content.relative_to(top)} was broken ({reason}), and was put aside as {moved[0]}."


def _tidy(path: Path) -> None:
    if path.name.endswith(_NEW):
        content = path.with_name(path.name.removesuffix(_NEW))
        if not _reason(path, content):
            return finish_record(content)
    if path.name.endswith(_LEFT):
        path.unlink()
    return None


def _reason(record: Path, content: Path) -> str:
    """Say what is wrong with an object; empty where nothing is."""
    try:
        members = json.loads(record.read_bytes())
    except (OSError, ValueError) as error:
        return f"its record can't be read: {error}"
    if not isinstance(members, dict):
        return "its record is not a JSON object"
    if members.get("is_delete_marker"):
        return ""
    if not content.is_file():
        return "its content is missing"
    size = content.stat().st_size
    return "" if members.get("size", size) == size else f"its content has {size} bytes of {members['size']}"
