"""A service that answers as a test wants it, and the command that asks it, as a build runs it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from settings.root import PROJECT_ROOT

SECONDS = 60


@dataclass
class Service:
    """``answers`` gives status and text of a path, in turn where there are several; ``asked`` is what was asked."""

    answers: Mapping[str, list[tuple[int, str]]]
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: its exit code, its output, and the cases of its reports: name to what stands below it."""

    code: int
    output: str
    cases: Mapping[str, str]


@pytest.fixture
def serve() -> Iterator[Callable[[Mapping[str, list[tuple[int, str]]]], Service]]:
    servers: list[ThreadingHTTPServer] = []

    def start(answers: Mapping[str, list[tuple[int, str]]]) -> Service:
        service = Service(answers)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        service.url = f"http://127.0.0.1:{server.server_port}"
        return service

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            several = service.answers.get(path, [(404, "")])
            before = sum(asked == path for _, asked in service.asked)
            service.asked.append((self.command, path))
            status, text = several[min(before, len(several) - 1)]
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            if status == 301:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_TRACE = do_HEAD = do_OPTIONS = _answer  # noqa: N815 - as the library names them

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    return Handler


@pytest.fixture
def verify(tmp_path: Path) -> Callable[..., Outcome]:
    def run(address: str, *requests: tuple[str, int, str], python: str = sys.executable, **variables: str) -> Outcome:
        told = {
            "SERVICE_URL": address,
            "REQUESTS": json.dumps([dict(zip(("path", "status", "text"), one, strict=True)) for one in requests]),
            "MOST_SECONDS": "30",
            "DESIRED_COUNT": "1",
            "PYTHONPATH": str(PROJECT_ROOT),
        }
        ended = subprocess.run(
            [python, "-P", "-m", "verification"],
            cwd=tmp_path,
            env={**os.environ, **told, **variables},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert "Traceback" not in ended.stderr
        return Outcome(ended.returncode, ended.stdout + ended.stderr, dict(_cases(tmp_path)))

    return run


def _cases(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("reports/verify/*.xml")):
        for case in ET.parse(path).iter("testcase"):  # noqa: S314 - what the command just wrote
            yield case.attrib["name"], " ".join(f"{one.tag}: {one.attrib['message']}" for one in case)
