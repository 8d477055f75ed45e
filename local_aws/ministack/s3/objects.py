"""The contents of buckets, which MiniStack keeps in files: on disk before the answer, or the request fails.

MiniStack writes a warning where a file can't be written, and answers as if it were; and it replaces an object's content
before the object's record, so that a crash in between leaves what no client ever put there.
"""

import json
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ministack.services import s3

from local_aws.state.files import MappedFile, replace_content
from local_aws.state.objects import begin_record, finish_record

_failures: ContextVar[list[OSError] | None] = ContextVar("failures", default=None)


def keep_objects_safely() -> None:
    """Write each object so that it survives a loss of power, and remember for its request where that fails."""

    def write(path: str, content: bytes | str | MappedFile, *, text: bool = False) -> None:
        del text
        try:
            replace_content(Path(path), content.encode() if isinstance(content, str) else content)
        except OSError as error:
            _fail(error)
            raise

    original = s3._persist_object

    def persist(bucket: str, key: str, record: Any) -> None:  # noqa: ANN401 - a record, or content alone
        path = s3._object_disk_path(bucket, key)
        if path is None or not isinstance(record, dict):
            original(bucket, key, record)
            return
        try:
            _persist(Path(path), bucket, key, record)
        except OSError as error:
            _fail(error)
        else:
            s3._remove_key_files(s3._other_key_disk_path(str(_folder_of(bucket)), key, path))

    s3._atomic_write = write
    s3._persist_object = persist


def begin_request() -> None:
    """Remember what fails from here on, in the request that runs."""
    _failures.set([])


def failure_of_request() -> OSError | None:
    """Return the first failure to write in the request that runs; None where there was none."""
    failures = _failures.get()
    return failures[0] if failures else None


def _persist(path: Path, bucket: str, key: str, record: dict[str, Any]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    meta = {**s3._object_meta_from_record(record), **s3._key_history_meta(bucket, key), "key": key}
    begin_record(path, json.dumps(meta).encode())
    content = record.get("body")
    if content is not None:
        replace_content(path, content)
        # What is on disk takes no memory.
        record["body"] = None
    finish_record(path)


def _folder_of(bucket: str) -> Path:
    return Path(s3.DATA_DIR, s3.get_account_id(), bucket)


def _fail(error: OSError) -> None:
    failures = _failures.get()
    if failures is not None:
        failures.append(error)
