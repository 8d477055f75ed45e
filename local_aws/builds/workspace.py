"""The folder of one build: sources, an empty home, a private bin folder, and the state of its shell."""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from local_aws.builds.surroundings import Machine

HASH_FILES = """\
#!/bin/sh
# Prints one hash of all files that are named, for cache keys.
[ $# -gt 0 ] || { echo "codebuild-hash-files: name at least one file" >&2; exit 2; }
hashes=$(sha256sum -- "$@") || exit 1
printf '%s' "$hashes" | sha256sum | cut -d ' ' -f 1
"""

DOCKER = """\
#!/bin/sh
# Marks the containers that this build starts, so that they end with it.
touch '{marker}'
if [ "$1" = container ]; then shift; fi
case $1 in
  run|create) verb=$1; shift; exec '{docker}' "$verb" --label '{label}' "$@" ;;
  *) exec '{docker}' "$@" ;;
esac
"""

CONTAINER_LABEL = "local-aws.build"
"""Label of every container that belongs to a build; its value is the build's id."""


@dataclass(frozen=True)
class Workspace:
    """Paths of one build, all below ``folder``."""

    folder: Path

    @property
    def source(self) -> Path:
        """CODEBUILD_SRC_DIR."""
        return self.folder / "src"

    @property
    def home(self) -> Path:
        """HOME: empty when the build starts; on AWS it is /root."""
        return self.folder / "home"

    @property
    def programs(self) -> Path:
        """The first folder of PATH."""
        return self.folder / "bin"

    @property
    def shell(self) -> Path:
        """Where the state of the shell is kept between commands."""
        return self.folder / "shell"

    @property
    def docker_marker(self) -> Path:
        """There when a command used Docker."""
        return self.folder / "docker-was-used"

    def secondary_source(self, identifier: str) -> Path:
        """CODEBUILD_SRC_DIR_identifier."""
        return self.folder / "sources" / identifier

    def make(self, build_id: str, machine: Machine) -> None:
        """Make the folders and the programs that every build finds on its PATH."""
        for folder in (self.source, self.home, self.programs, self.shell, self.folder / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        # As on a build host, whatever the umask of this process: an image takes over the modes of what is copied in.
        self.source.chmod(0o755)
        self._program("codebuild-hash-files", HASH_FILES)
        if machine.container:
            return
        if machine.aws_program and not shutil.which("aws", path=machine.path):
            self._program("aws", f"#!/bin/sh\nexec '{machine.aws_program}' \"$@\"\n")
        docker = shutil.which("docker", path=machine.path)
        if docker:
            label = f"{CONTAINER_LABEL}={build_id}"
            self._program("docker", DOCKER.format(marker=self.docker_marker, docker=docker, label=label))

    def remove(self) -> None:
        """Take everything away, also what a command made read-only."""
        shutil.rmtree(self.folder, onerror=_make_writable_and_retry)

    def _program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)


def _make_writable_and_retry(function: object, path: str, _: object) -> None:
    parent = Path(path).parent
    try:
        parent.chmod(parent.stat().st_mode | stat.S_IRWXU)
        Path(path).chmod(stat.S_IRWXU)
        if function in (os.rmdir, os.scandir, os.open):
            shutil.rmtree(path, ignore_errors=True)
        else:
            Path(path).unlink(missing_ok=True)
    except OSError:
        # What another user's process left there can stay; the folder's name is never used again.
        return
