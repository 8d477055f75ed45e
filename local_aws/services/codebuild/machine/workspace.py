"""The folder of one build: sources, an empty home, its own Python, and the state of its shell.

It lies in a folder of this user's own that is in no work tree, so that git finds no repository around a build: the
state of the local AWS lies in a clone as a rule, and `git reset --hard` in a build would act on that clone.
"""

import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.services.codebuild.builds.ports import Machine
from local_aws.services.codebuild.machine import system_view

OWN = "local-aws-builds"
LONGEST = 55
"""Characters, so that the socket of an engine has a path that fits (unix(7))."""


def folder_of_builds(environment: Mapping[str, str]) -> Path:
    """Return the folder, made for this user alone; ends the start with a sentence when there is no place for it."""
    cache = environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME") or "/nonexistent", ".cache")
    candidates = [Path(cache, OWN), Path("/var/tmp", f"{OWN}-{os.getuid()}")]  # noqa: S108 - checked to be ours
    candidates.append(Path(tempfile.gettempdir(), f"{OWN}-{os.getuid()}"))
    for folder in candidates:
        if folder.is_absolute() and len(str(folder)) <= LONGEST and not in_work_tree(folder) and _made(folder):
            return folder
    tried = ", ".join(map(str, candidates))
    sys.exit(f"Builds need a folder of your own outside every git work tree; none of {tried} is. Set XDG_CACHE_HOME.")


def in_work_tree(folder: Path) -> bool:
    """Check whether git, started in ``folder``, would find a repository."""
    return any(os.path.lexists(parent / ".git") for parent in (folder, *folder.parents))


def _made(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    # What another user has put there is not ours to run builds in.
    closed = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return closed and os.access(folder, os.W_OK | os.X_OK)


HASH_FILES = """\
#!/bin/sh
# Prints one hash of all files that are named, for cache keys.
[ $# -gt 0 ] || { echo "codebuild-hash-files: name at least one file" >&2; exit 2; }
sums() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
hashes=$(sums -- "$@") || exit 1
printf '%s' "$hashes" | sums | cut -d ' ' -f 1
"""


@dataclass(frozen=True)
class Workspace:
    """Paths of one build, all below ``folder``, and the same for its commands wherever they run."""

    folder: Path

    @property
    def source(self) -> Path:
        """CODEBUILD_SRC_DIR."""
        return self.folder / "src"

    @property
    def secondary_sources(self) -> Path:
        """Holds the folders of all further sources."""
        return self.folder / "sources"

    @property
    def home(self) -> Path:
        """HOME: empty when the build starts; on AWS it is /root."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """What commands see as /tmp."""
        return self.folder / "tmp"

    @property
    def python(self) -> Path:
        """The build's own Python environment."""
        return self.folder / "python"

    @property
    def programs(self) -> Path:
        """The first folder of PATH; commands only read it."""
        return self.folder / "bin"

    @property
    def shell(self) -> Path:
        """Where the state of the shell is kept between commands; of no interest to anyone but them."""
        return self.folder / "shell"

    @property
    def transfer(self) -> Path:
        """Files on their way from and to S3; commands don't see it."""
        return self.folder / "transfer"

    @property
    def engine(self) -> Path:
        """The socket of the container engine, where the build has one."""
        return self.folder / "docker.sock"

    def secondary_source(self, identifier: str) -> Path:
        """CODEBUILD_SRC_DIR_identifier."""
        return self.secondary_sources / identifier

    @property
    def written_by_commands(self) -> tuple[Path, ...]:
        """The folders that commands may write to."""
        return (self.source, self.secondary_sources, self.home, self.temporary, self.python)

    def make(self, machine: Machine) -> None:
        """Make the folders and the programs that every build finds on its PATH."""
        self.folder.mkdir(mode=0o700, parents=True)
        for folder in (*self.written_by_commands, self.programs, self.shell, self.transfer):
            folder.mkdir()
            # As on a build host, whatever the umask of this process: an image takes over the modes of what is copied.
            folder.chmod(0o755)
        self.shell.chmod(0o700)
        self.temporary.chmod(0o1777)
        self._program("codebuild-hash-files", HASH_FILES)
        bash = shutil.which("bash", path=os.defpath)
        if machine.container is None and bash:
            # As on Amazon Linux: called so, it keeps to POSIX.
            (self.programs / "sh").symlink_to(bash)
        path = system_view.seen(machine.path) if machine.confined else machine.path
        if machine.container is None and machine.aws_program and not shutil.which("aws", path=path):
            self._program("aws", _aws_launcher(machine.aws_program))

    def remove(self) -> None:
        """Take everything away, also what a command made read-only. Nothing of the build runs any more."""
        for folder, inner, _ in os.walk(self.folder):
            for path in (Path(folder, name) for name in inner):
                if not path.is_symlink():
                    path.chmod(stat.S_IRWXU)
        # What another user's process left there can stay; the folder's name is never used again.
        shutil.rmtree(self.folder, ignore_errors=True)

    def _program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)


def _aws_launcher(program: Path) -> str:
    """Write the script that starts the AWS CLI, which expands variables in the names of its own folders.

    So where one has a dollar sign, its data is opened by the shell, and named by that.
    """
    lines = ["#!/bin/sh", f'exec {shlex.quote(str(program))} "$@"']
    data = next(program.parent.parent.glob("lib/python*/site-packages/awscli/data"), None)
    if data is not None and "$" in str(data):
        lines[1:1] = [f"exec 9<{shlex.quote(str(data))}", "export AWS_DATA_PATH=/dev/fd/9"]
    return "\n".join([*lines, ""])
