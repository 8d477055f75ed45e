"""Collects the artifacts of a build and puts them where the project or the pipeline wants them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buildspecs.reading.model import Artifacts
from local_aws.platform.service import Json
from local_aws.services.codebuild.artifacts import globs
from local_aws.services.codebuild.artifacts.archives import ArchiveError, check_packed, pack
from local_aws.services.codebuild.artifacts.stored_object import StoredObject
from local_aws.services.codebuild.builds.build_log import BuildLog
from local_aws.services.codebuild.builds.failures import CLIENT_ERROR, PhaseError, described

CHUNK = 1 << 20
NOTHING_FOUND = "no matching artifact paths found"


@dataclass(frozen=True)
class Upload:
    """How artifacts go to S3: ``client()`` makes one of the build's role; the key is a customer's, or empty."""

    client: Callable[[], Any]
    encryption_key: str
    build_arn: str

    def put(self, target: StoredObject, file: Path) -> Json:
        """Store one file; gives its hashes as BatchGetBuilds shows them."""
        hashes = _hashes(file)
        metadata = {
            "codebuild-buildarn": self.build_arn,
            "codebuild-content-sha256": hashes["sha256sum"],
            "codebuild-content-md5": hashes["md5sum"],
        }
        key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.encryption_key} if self.encryption_key else {}
        try:
            with file.open("rb") as content:
                self.client().put_object(Bucket=target.bucket, Key=target.key, Body=content, Metadata=metadata, **key)
        except Exception as error:
            message = f"Failed to upload artifacts: {described(error)}"
            raise PhaseError(CLIENT_ERROR, message) from error
        return hashes


def _hashes(file: Path) -> dict[str, str]:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with file.open("rb") as content:
        while part := content.read(CHUNK):
            sha256.update(part)
            md5.update(part)
    return {"sha256sum": sha256.hexdigest(), "md5sum": md5.hexdigest()}


def collect(wanted: Artifacts, source: Path, log: BuildLog) -> Mapping[str, Path]:
    """Return the files that match, by their names in the artifact; raises ``PhaseError`` when there is none."""
    log.event(f"Expanding base directory path: {wanted.base_directory}")
    log.event("Assembling file list")
    log.event(f"Expanding {wanted.base_directory}")
    excluded = globs.excluding(wanted.exclude_paths)
    found: dict[str, Path] = {}
    for base in globs.folders(source, wanted.base_directory):
        log.event(f"Expanding file paths for base directory {base.relative_to(source.parent)}")
        log.event("Assembling file list")
        for pattern in wanted.files:
            found |= _matching(base, pattern, source, wanted, log)
        found = {name: path for name, path in found.items() if not _excluded(path, base, excluded)}
    if not found:
        raise PhaseError(CLIENT_ERROR, NOTHING_FOUND)
    try:
        check_packed(found)
    except (ArchiveError, OSError) as error:
        raise PhaseError(CLIENT_ERROR, f"Failed to upload artifacts: {error}") from error
    return found


def zipped(files: Mapping[str, Path], archive: Path, *, keep_links: bool) -> None:
    """Write the artifact's archive."""
    try:
        pack(archive, files, keep_links=keep_links)
    except (ArchiveError, OSError) as error:
        raise PhaseError(CLIENT_ERROR, f"Failed to upload artifacts: {error}") from error


def target_of(settings: Json, build_id: str, name: str, prefix: str = "") -> StoredObject:
    """Return the place of an artifact of type S3, by namespace, path and name of the project's ``artifacts``."""
    identifier = build_id.rpartition(":")[2] if settings.get("namespaceType") == "BUILD_ID" else ""
    folder = prefix if identifier and prefix else settings.get("path", "")
    parts = [part.strip("/") for part in (folder, identifier, name) if part.strip("/")]
    return StoredObject(settings["location"], "/".join(parts))


def _matching(base: Path, pattern: str, source: Path, wanted: Artifacts, log: BuildLog) -> Mapping[str, Path]:
    log.event(f"Expanding {pattern}")
    names = globs.files(base, pattern, within=source, follow=not wanted.enable_symlinks)
    log.event(f"Found {len(names)} file(s)" if names else f"Skipping invalid file path {pattern}")
    return {name.name if wanted.discard_paths else str(name): base / name for name in names}


def _excluded(path: Path, base: Path, patterns: Any) -> bool:  # noqa: ANN401 - a sequence of compiled patterns
    if not path.is_relative_to(base):
        return False
    name = path.relative_to(base).as_posix()
    return any(pattern.fullmatch(name) for pattern in patterns)
