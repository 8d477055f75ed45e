"""An answer without an end is given up before it fills the memory."""

import resource
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.bad_endpoints import bad_endpoint
from tests.delivery.project import Project
from tests.local_aws_fixture import LocalAws


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<a>")
    with suppress(OSError):
        while True:
            connection.sendall(b"x" * 65536)


def test_it_is_one_sentence_in_bounded_memory(tmp_path: Path, local_aws: LocalAws) -> None:
    project = Project(tmp_path, local_aws)
    project.manifest["secrets"] = []
    with bad_endpoint(endless) as endpoint:
        project.settings["endpoint_url"] = endpoint.address
        command = project.command("secret", "list")
        done = subprocess.run(
            command, cwd=tmp_path, env=project.variables(), capture_output=True, text=True, timeout=90, check=False
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("environment here: gave up waiting for ")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 3_000_000, "kilobytes"
