"""The load balancer's opinion of a target, and a container's options, without any container."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from local_aws.services.ecs.health import TargetCheck, TargetHealth, is_success
from local_aws.services.ecs.options import docker_options


@pytest.mark.parametrize(
    ("answered", "codes", "good"),
    [
        ("200", "200", True),
        ("204", "200", False),
        ("204", "200-299", True),
        ("301", "200,301", True),
        ("500", "200-399", False),
        ("no answer: refused", "200", False),
    ],
)
def test_codes_are_read_as_a_matcher(answered: str, codes: str, good: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_success(answered, codes) is good


TARGET = "http://172.17.0.99:8080/"


class _Answering(http.server.BaseHTTPRequestHandler):
    """Answers with ``status`` who asks for the target by its own address."""

    status = 200

    def do_GET(self) -> None:  # the name that http.server calls
        self.send_response(type(self).status if self.headers["Host"] == "172.17.0.99:8080" else 421)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Stay silent."""


@pytest.fixture
def way() -> Iterator[tuple[str, int]]:
    _Answering.status = 200
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "127.0.0.1", server.server_address[1]
        server.shutdown()


def test_one_success_makes_healthy_and_several_failures_unhealthy(way: tuple[str, int]) -> None:
    health = TargetHealth(TargetCheck(TARGET, way, interval=0.0, timeout=1, unhealthy_after=2, codes="200"))
    health.look()
    assert health.healthy
    _Answering.status = 500
    health.look()
    assert health.healthy
    assert not health.gave_up
    health.look()
    assert not health.healthy
    assert health.gave_up


def test_failures_count_once_an_interval(way: tuple[str, int]) -> None:
    _Answering.status = 500
    health = TargetHealth(TargetCheck(TARGET, way, interval=60, timeout=1, unhealthy_after=2, codes="200"))
    for _ in range(5):
        health.due = 0
        health.look()
    assert health.failures == 1


def test_a_container_gets_what_its_definition_asks() -> None:
    check = {"command": ["CMD", "true"], "interval": 7, "startPeriod": 3}
    container = {
        "user": "1000",
        "entryPoint": ["python"],
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "tmpfs": [{"containerPath": "/tmp", "size": 8}]},  # noqa: S108
        "healthCheck": check,
    }
    options = docker_options(container, {"memory": "512"})
    assert options == {
        "user": "1000",
        "entrypoint": ["python"],
        "read_only": True,
        "init": True,
        "tmpfs": {"/tmp": "size=8m"},  # noqa: S108 - a path in a container
        "mem_limit": 512 * 1024 * 1024,
        "healthcheck": {
            "test": ["CMD", "true"],
            "interval": 7_000_000_000,
            "timeout": 5_000_000_000,
            "retries": 3,
            "start_period": 3_000_000_000,
        },
    }
