"""Confines a build with bubblewrap: user, mount, process, IPC and host name spaces of its own, no way to more rights.

https://github.com/containers/bubblewrap; docs/decisions/0005-builds-in-namespaces.md says why.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local_aws.services.codebuild.machine import system_view

IN_CONTAINER = "LOCAL_AWS_BUILD_CONTAINER"
"""Environment variable: ``project`` runs commands in a container of the project's image, else in the one it names."""
SANDBOX = "LOCAL_AWS_BUILD_SANDBOX"
"""Environment variable: ``off`` runs commands without a sandbox, for builds that need more than a sandbox has."""
PROGRAM = "bwrap"
ISOLATED = (
    *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--cap-drop", "ALL"),
)
RIGHTS = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID")
"""What root in a build may do to files and processes of the build: unpack an archive, start a server as somebody."""
OF_ROOT = tuple(word for name in RIGHTS for word in ("--cap-add", f"CAP_{name}"))
MAPS = ("uid_map", "gid_map")
UMASK = 0o022
"""A build host's, for what commands make; this process keeps its own files to its user."""
PROBE_SECONDS, GONE_SECONDS = 10.0, 5.0


class SandboxError(Exception):
    """The sandbox could not be made; the reason is in one line."""


@dataclass(frozen=True)
class Confined:
    """A sandbox that runs: bubblewrap, and the first process in there, whose end is the end of all."""

    process: "subprocess.Popen[bytes]"
    init: int

    def kill(self) -> None:
        """Kill everything in there, and wait until it is gone."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.init, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GONE_SECONDS)


@dataclass(frozen=True)
class Sandbox:
    """What a build sees besides this machine's programs: at the same paths, ``own`` to write to, ``shown`` to read.

    ``temporary`` becomes /tmp, ``private`` is a folder in memory, ``engine`` the socket of a container engine.
    """

    path: str
    shown: Sequence[Path] = ()
    hidden: Sequence[Path] = ()
    own: Sequence[Path] = ()
    temporary: Path | None = None
    private: Path | None = None
    engine: Path | None = None

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], output: int, kept: Sequence[int] = ()
    ) -> "Confined":
        """Start a command with the descriptors ``kept``; raises ``SandboxError``. It ends with the calling thread."""
        program = shutil.which(PROGRAM)
        if program is None:
            raise SandboxError("bubblewrap is not installed")
        told, telling = os.pipe()
        waiting, going = os.pipe()
        # As root all ids are kept, so that files may belong to others; anyone else is the one user that they are.
        root = os.geteuid() == 0
        maps = ["--userns-block-fd", str(waiting), *OF_ROOT] if root else []
        words = [program, *self._options(), "--info-fd", str(telling), *maps, "--", *command]
        inherited = [*kept, telling, *([waiting] if root else [])]
        try:
            process = _started(words, environment, output, inherited)
            os.close(telling)
            telling = -1
            init = _init_of(told)
            if root:
                _map_all_ids(init)
                os.write(going, b"1")
        except OSError as error:
            raise SandboxError(f"the sandbox can't be made: {error}") from error
        finally:
            for descriptor in (told, telling, waiting, going):
                if descriptor >= 0:
                    os.close(descriptor)
        return Confined(process, init)

    def _options(self) -> list[str]:
        words = [*ISOLATED, *system_view.options(self.path, self.hidden)]
        if self.temporary:
            for place in ("/tmp", "/var/tmp"):  # noqa: S108 - the build's own, in its sandbox
                words += ["--bind", str(self.temporary), place]
        for folder in self.shown:
            words += ["--ro-bind", str(folder), str(folder)]
        for folder in self.own:
            words += ["--bind", str(folder), str(folder)]
        if self.private:
            words += ["--tmpfs", str(self.private)]
        if self.engine:
            words += ["--bind", str(self.engine), "/run/docker.sock"]
        return words


@cache
def why_unusable() -> str:
    """Return why no build can be confined on this machine, or nothing. It is tried once, in a few milliseconds."""
    if shutil.which(PROGRAM) is None:
        return "bubblewrap is not installed (Debian, Ubuntu: apt-get install bubblewrap)"
    output, said = os.pipe()
    try:
        tried = Sandbox(os.defpath).start(["/bin/sh", "-c", "true"], {"PATH": os.defpath}, said)
        status = tried.process.wait(PROBE_SECONDS)
    except (SandboxError, OSError, subprocess.TimeoutExpired) as error:
        status, reason = 1, str(error)
    else:
        reason = ""
    finally:
        os.close(said)
        with os.fdopen(output, errors="replace") as lines:
            text = lines.read().strip()
    last = (text or reason or f"exit code {status}").splitlines()[-1]
    return f"bubblewrap can't make namespaces here: {last}" if status else ""


def warning() -> str:
    """Return the sentence for whoever starts builds where they can't be confined."""
    return (
        f"WARNING: builds are not confined on this machine, and can reach all that you can: {why_unusable()}. Run "
        "builds that you trust, or set LOCAL_AWS_BUILD_CONTAINER to run them in a container."
    )


def _started(
    words: Sequence[str], environment: Mapping[str, str], output: int, kept: Sequence[int]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        words,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=kept,
        start_new_session=True,
        umask=UMASK,
    )


def _init_of(told: int) -> int:
    """Read the id of the sandbox's first process."""
    text = b""
    while chunk := os.read(told, 4096):
        text += chunk
        if text.rstrip().endswith(b"}"):
            return int(json.loads(text)["child-pid"])
    raise SandboxError("bubblewrap ended at once")


def _map_all_ids(process: int) -> None:
    """Give a user namespace the ids that this process has itself, each as what it is."""
    for name in MAPS:
        ranges = [line.split() for line in Path("/proc/self", name).read_text().splitlines()]
        # Only one write is taken.
        text = "".join(f"{first} {first} {count}\n" for first, _, count in ranges)
        Path("/proc", str(process), name).write_text(text)
