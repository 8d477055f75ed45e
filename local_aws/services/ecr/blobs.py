"""Layers and configurations as files, by repository and digest, and the uploads that become them.

Nothing is held in memory: an upload is written as it comes, and hashed meanwhile.
"""

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.state.files import sync_folder

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

LARGEST = 52_000 << 20
"""Bytes of a layer: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"""


@dataclass
class Upload:
    """What has come of a blob so far, in the file at ``path``."""

    repository: str
    path: Path
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    size: int = 0
    is_busy: bool = False
    hash: Any = field(default_factory=hashlib.sha256)

    @contextmanager
    def adding(self) -> Iterator[Callable[[bytes], None]]:
        """Return what appends a part; one request at a time adds to an upload."""
        self.is_busy = True
        try:
            with self.path.open("ab") as file:

                def add(part: bytes) -> None:
                    file.write(part)
                    self.hash.update(part)
                    self.size += len(part)

                yield add
        finally:
            self.is_busy = False


class StoredBlobs:
    """The blobs of all repositories of an account and region, in the state folder of the local AWS."""

    def __init__(self, state_folder: Path, where: tuple[str, str]) -> None:
        self._folder = state_folder.joinpath("layers", *where)

    def file(self, repository: str, digest: str) -> Path | None:
        """Return the file of a blob; None where there is none."""
        path = self._place(repository, digest)
        return path if path is not None and path.is_file() else None

    def _place(self, repository: str, digest: str) -> Path | None:
        if not DIGEST.fullmatch(digest):
            return None
        return self._folder / repository.replace("/", "+") / digest.removeprefix("sha256:")


class Blobs(StoredBlobs):
    """Those blobs, and the uploads that become them; uploads from before are forgotten."""

    def __init__(self, state_folder: Path, where: tuple[str, str]) -> None:
        super().__init__(state_folder, where)
        self._uploading = self._folder / ".uploads"
        shutil.rmtree(self._uploading, ignore_errors=True)
        self._uploads: dict[str, Upload] = {}

    def begin(self, repository: str) -> Upload:
        """Begin an upload."""
        self._uploading.mkdir(mode=0o700, parents=True, exist_ok=True)
        upload = Upload(repository, self._uploading / str(uuid.uuid4()))
        upload.path.touch(mode=0o600)
        self._uploads[upload.identifier] = upload
        return upload

    def upload(self, repository: str, identifier: str) -> Upload | None:
        """Return an upload to a repository; None where there is none."""
        found = self._uploads.get(identifier)
        return found if found is not None and found.repository == repository else None

    def finish(self, upload: Upload, digest: str) -> bool:
        """Make a blob of an upload; false where its digest is another, after which it is gone as well."""
        self.forget(upload)
        place = self._place(upload.repository, digest)
        if place is None or f"sha256:{upload.hash.hexdigest()}" != digest:
            upload.path.unlink(missing_ok=True)
            return False
        with upload.path.open("rb") as file:
            os.fsync(file.fileno())
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        upload.path.replace(place)
        sync_folder(place.parent)
        return True

    def forget(self, upload: Upload) -> None:
        """Take an upload off the list; its file stays."""
        self._uploads.pop(upload.identifier, None)

    def cancel(self, upload: Upload) -> None:
        """Forget an upload and what came of it."""
        self.forget(upload)
        upload.path.unlink(missing_ok=True)
