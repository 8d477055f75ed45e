"""What a confined build sees of this machine: its programs and its settings, read-only, and nothing that is a secret.

Secret is what a user without rights could not read either; what is not named here is not there at all, homes least.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
"""Folders of the root that are links into /usr on most systems."""
SETTINGS = Path("/etc")
SHOWN = (Path("/usr"), SETTINGS, Path("/nix/store"))
PROC = Path("/proc")
UNCHANGED = ("bus", "fs", "irq", "sys", "sysrq-trigger")
UNSEEN = ("acpi", "asound", "kcore", "keys", "latency_stats", "sched_debug", "scsi", "timer_list", "timer_stats")
"""As https://github.com/moby/moby/blob/master/oci/defaults.go has them."""
NAMES = SETTINGS / "resolv.conf"
EVERYBODY_READS, EVERYBODY_ENTERS = stat.S_IROTH, stat.S_IROTH | stat.S_IXOTH


def options(path: str, hidden: Iterable[Path]) -> list[str]:
    """Return bubblewrap's options. ``hidden`` are folders that are not shown, wherever they lie."""
    shown = [folder for folder in (*SHOWN, *_optional(path)) if folder.is_dir()]
    words = [word for folder in shown for word in _read_only(folder)]
    words += [word for name in MERGED for word in _merged(Path("/", name))]
    words += [word for secret in _secrets(SETTINGS) for word in secret]
    for folder in hidden:
        if folder.is_dir() and any(folder.is_relative_to(part) for part in shown):
            words += ["--tmpfs", str(folder)]
    words += [*_kernel(), "--dev", "/dev", "--tmpfs", "/run", "--dir", "/var", "--symlink", "/run", "/var/run"]
    if NAMES.is_symlink() and NAMES.is_file():
        words += _read_only(NAMES.resolve())
    return [*words, *_posix_shell()]


def seen(path: str) -> str:
    """Return those folders of a PATH that a confined build sees without more."""
    shown = (*SHOWN, *(Path("/", name) for name in MERGED), *_optional(path))
    folders = (folder for folder in path.split(os.pathsep) if folder)
    return os.pathsep.join(folder for folder in folders if any(Path(folder).is_relative_to(one) for one in shown))


def installation_of(program: Path) -> Path | None:
    """Return the folder that must be shown for ``program`` to run, or None where it is seen anyway."""
    real = program.resolve()
    if any(real.is_relative_to(folder) for folder in SHOWN):
        return None
    return real.parent.parent if real.parent.name == "bin" and _is_installation(real.parent.parent) else real


def _is_installation(folder: Path) -> bool:
    # ~/.local, and a home itself, have a bin folder beside what is nobody's business.
    home = Path.home()
    return not home.is_relative_to(folder) and folder != home / ".local"


def _kernel() -> Iterator[str]:
    """Show processes, and of the kernel what a container of Docker sees: its root is root of the machine, too."""
    yield from ("--proc", str(PROC))
    for name in UNCHANGED:
        if (PROC / name).exists():
            yield from _read_only(PROC / name)
    for name in UNSEEN:
        if (PROC / name).is_dir():
            yield from ("--tmpfs", str(PROC / name))
        elif (PROC / name).exists():
            yield from ("--ro-bind", os.devnull, str(PROC / name))


def _read_only(path: Path) -> list[str]:
    return ["--ro-bind", str(path), str(path)]


def _merged(path: Path) -> Sequence[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return _read_only(path) if path.is_dir() else []


def _optional(path: str) -> set[Path]:
    """Return what of /opt the programs of ``path`` need."""
    folders = (Path(folder) for folder in path.split(os.pathsep))
    return {Path(*folder.parts[:3]) for folder in folders if folder.parts[:2] == ("/", "opt") and folder.is_dir()}


def _secrets(folder: Path) -> Iterator[Sequence[str]]:
    for entry in os.scandir(folder):
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            continue
        if stat.S_ISDIR(mode):
            if mode & EVERYBODY_ENTERS == EVERYBODY_ENTERS:
                yield from _secrets(Path(entry.path))
            else:
                yield ["--tmpfs", entry.path]
        elif not mode & EVERYBODY_READS:
            yield ["--ro-bind", os.devnull, entry.path]


def _posix_shell() -> list[str]:
    """Have bash answer to /bin/sh, as on Amazon Linux: called so, it keeps to POSIX."""
    bash = shutil.which("bash", path=os.defpath)
    shell = Path("/bin/sh").resolve()
    return ["--ro-bind", str(Path(bash).resolve()), str(shell)] if bash and shell.name != "bash" else []
