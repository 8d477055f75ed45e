"""The service as it is run: gunicorn with the folder's own configuration, on a free loopback port."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.support.postgres import free_port

BACKEND_FOLDER = Path(__file__).parents[2]
START_SECONDS = 30


class Server:
    """A running service; `process` is gunicorn's first, `output` a file with all that it wrote."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
        self.process = process
        self.port = port
        self.output = output

    def get(self, path: str) -> int:
        """Asks on a new connection, and gives the status once the whole answer is here."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def wait(self, path: str) -> None:
        """Waits until the service answers there."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                assert self.get(path) == 200
            except (OSError, HTTPException):
                assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
                assert time.monotonic() < deadline, self.output.read_text(encoding="utf-8")
                time.sleep(0.05)
            else:
                return


@contextmanager
def running_service(
    environment: dict[str, str], application: str = "app:app", ready_path: str = "/api/health-check"
) -> Iterator[Server]:
    """Runs the service with that environment and nothing else of this process's.

    It is ready when `ready_path` answers 200. Another WSGI application can be run in its place.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        with output.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", application],
                cwd=BACKEND_FOLDER,
                env={"PATH": os.environ["PATH"], **environment},
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        server = Server(process, port, output)
        try:
            server.wait(ready_path)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)
