"""Brings the sources of a build into its workspace: an archive in S3, a git repository, or nothing."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local_aws.platform.service import Json
from local_aws.services.codebuild.artifacts.archives import ArchiveError, unpack
from local_aws.services.codebuild.artifacts.stored_object import StoredObject
from local_aws.services.codebuild.builds.failures import CLIENT_ERROR, PhaseError, described

GIT_SECONDS = 600
UMASK = 0o022
"""A build host's, for what git and commands make; this process keeps its own files to its user."""
CHUNK = 1 << 20


def object_of(location: str, version: str = "") -> StoredObject:
    """Read the ``location`` of a source of type S3: ``bucket/path/name.zip``, or its ARN."""
    bucket, _, key = location.removeprefix("arn:aws:s3:::").partition("/")
    return StoredObject(bucket, key, version)


def download(client: Any, source: StoredObject, file: Path) -> None:  # noqa: ANN401 - botocore makes its clients at run time
    """Copy an object of S3 to ``file``; raises ``PhaseError`` in the agent's words."""
    version = {"VersionId": source.version_id} if source.version_id else {}
    try:
        body = client.get_object(Bucket=source.bucket, Key=source.key, **version)["Body"]
        with file.open("wb") as target:
            while chunk := body.read(CHUNK):
                target.write(chunk)
    except Exception as error:
        message = f"{described(error)} for primary source and source version {source.arn}"
        raise PhaseError(CLIENT_ERROR, message) from error


def fetch_archive(client: Any, source: StoredObject, folder: Path) -> None:  # noqa: ANN401 - see download
    """Unpack the archive that ``source`` names into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder.parent / f"{folder.name}.zip"
    download(client, source, archive)
    try:
        unpack(archive, folder)
    except ArchiveError as error:
        raise PhaseError(CLIENT_ERROR, f"{error} for primary source and source version {source.arn}") from error
    finally:
        archive.unlink(missing_ok=True)


def fetch_repository(source: Json, version: str, folder: Path, repository: Callable[[Json], Path]) -> str:
    """Clone the local repository that stands for ``source`` and check ``version`` out; gives the commit's id."""
    try:
        origin = repository(source)
    except Exception as error:
        raise PhaseError(CLIENT_ERROR, f"{described(error)} for primary source") from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    _git("clone", "--quiet", "--no-local", str(origin), str(folder), version=version)
    if version:
        reference = f"refs/pull/{version[3:]}/head" if version.startswith("pr/") else version
        if reference != version or not _known(folder, reference):
            _git("-C", str(folder), "fetch", "--quiet", "origin", reference, version=version)
            reference = "FETCH_HEAD"
        _git("-C", str(folder), "checkout", "--quiet", "--detach", reference, version=version)
    return _git("-C", str(folder), "rev-parse", "HEAD", version=version).strip()


def _known(folder: Path, reference: str) -> bool:
    found = _run_git("-C", str(folder), "rev-parse", "--quiet", "--verify", f"{reference}^{{commit}}")
    return found.returncode == 0


def _git(*arguments: str, version: str) -> str:
    finished = _run_git(*arguments)
    if finished.returncode != 0:
        last = (finished.stderr.strip().splitlines() or ["git failed"])[-1]
        message = f"reference not found for primary source and source version {version or 'HEAD'}: {last}"
        raise PhaseError(CLIENT_ERROR, message)
    return finished.stdout


def _run_git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    # Only the program's path is taken from the user: neither configuration nor credentials.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_CONFIG_KEY_1": "advice.detachedHead",
        "GIT_CONFIG_VALUE_1": "false",
    }
    try:
        return subprocess.run(
            ["git", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=GIT_SECONDS,
            env=environment,
            umask=UMASK,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(arguments, 1, "", str(error))
