"""One local AWS on this machine: its state folder, and the record of the process that serves it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from local_aws.state.files import DATABASE_FILE, write_atomically

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
DEFAULT_STATE = PROJECT_FOLDER / ".local-aws"
DEFAULT_PORT = 4566
DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "ca-central-1"


@dataclass(frozen=True)
class ServerRecord:
    """A process that serves, or served; ``started`` in epoch seconds. ``token`` lets commands of ours in."""

    pid: int
    port: int
    account_id: str
    region: str
    started: float
    token: str

    @property
    def endpoint_url(self) -> str:
        """The address that clients use."""
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class StateFolder:
    """Where one local AWS keeps everything."""

    path: Path

    @property
    def record(self) -> Path:
        """The record of the process that serves."""
        return self.path / "process.json"

    @property
    def log(self) -> Path:
        """What the process wrote."""
        return self.path / "local-aws.log"

    @property
    def earlier_log(self) -> Path:
        """The log before this one, kept when that had grown long."""
        return self.path / "local-aws.earlier.log"

    @property
    def lock(self) -> Path:
        """Held by whoever starts or stops."""
        return self.path / "start.lock"

    @property
    def credentials(self) -> Path:
        """The deployer's access key, in the AWS shared-credentials format."""
        return self.path / "credentials"

    @property
    def is_one(self) -> bool:
        """Whether this is a state folder at all, be it of an earlier version, or broken."""
        marks = (self.log, self.record, self.path / DATABASE_FILE, self.path / "identity.json")
        return any(mark.exists() for mark in marks)

    def create(self) -> None:
        """Make the folder, for its owner alone; one that is there keeps its mode, as it may hold other things too."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, running: ServerRecord) -> None:
        """Keep the record of the process that serves."""
        write_atomically(self.record, json.dumps(asdict(running)).encode())

    def read(self) -> ServerRecord | None:
        """Return the record; None where there is none, or a broken one."""
        try:
            running = ServerRecord(**json.loads(self.record.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return running if isinstance(running.pid, int) and isinstance(running.port, int) else None

    def is_served_by(self, pid: int) -> bool:
        """Return whether the record is of that process: not so once the folder was removed, or made anew by another."""
        running = self.read()
        return running is not None and running.pid == pid

    def forget(self) -> None:
        """Remove the record."""
        self.record.unlink(missing_ok=True)


def may_live(pid: int) -> bool:
    """Return whether there is a process of that id, ended and not waited for or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_alive(pid: int) -> bool:
    """Return whether a process of that id runs (one that ended and was not waited for does not)."""
    if not may_live(pid):
        return False
    import psutil  # noqa: PLC0415 - 20 ms that most commands need not spend

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False
