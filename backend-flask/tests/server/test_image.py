"""The image as a platform runs it: not as root, nothing writable, watched by its health check, stopped."""

import errno
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import uuid4

import pytest

from tests.project.test_settings import GOOD
from tests.support.docker import docker, require_image

BACKEND_FOLDER = Path(__file__).parents[2]
IMAGE = "cruddur-backend-test"
NO_NETWORK = {errno.EHOSTUNREACH, errno.ENETUNREACH}
START_SECONDS = 30
STOP_SECONDS = 10
RESETS_OF_A_BUSY_KERNEL = 2


@pytest.fixture(scope="module")
def image() -> str:
    """The image, built from the folder; it is left behind, so that the next build finds its layers."""
    dockerfile = (BACKEND_FOLDER / "Dockerfile").read_text(encoding="utf-8")
    base = re.search(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile, re.MULTILINE)
    assert base
    require_image(base[1])
    docker("build", "--tag", IMAGE, str(BACKEND_FOLDER))
    return IMAGE


@contextmanager
def running(image: str) -> Iterator[str]:
    """Runs a container of the image, hardened as far as it goes, with no database in its reach."""
    name = f"cruddur-backend-test-{uuid4().hex}"
    environment = [part for each, value in GOOD.items() for part in ("--env", f"{each}={value}")]
    hardened = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "256m"]
    try:
        docker("run", "--detach", "--name", name, "--health-interval", "1s", *hardened, *environment, image)
        yield name
    finally:
        docker("rm", "--force", name)


def wait_for(container: str, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        assert time.monotonic() < deadline, docker("logs", container)
        time.sleep(0.1)


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[str]:
    """A container that Docker finds healthy."""
    with running(image) as name:
        wait_for(name, lambda: docker("inspect", "--format", "{{.State.Health.Status}}", name) == "healthy")
        yield name


def ask(address: str, path: str) -> int:
    connection = HTTPConnection(address, 4567, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def address_of(container: str) -> str:
    # The container's own address: a published port is Docker's, which accepts what the service has refused.
    return docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", container)


def test_it_is_healthy_without_root_or_a_writable_disk(container: str) -> None:
    assert (
        docker("exec", container, "python", "-c", "import os; print(os.getuid(), os.getgid())")
        == "10001 10001"
    )
    assert docker("exec", container, "python", "/app/healthcheck.py") == "127.0.0.1:4567 answered 200"
    assert ask(address_of(container), "/api/health-check") == 200
    assert ask(address_of(container), "/api/activities/home") == 503
    assert docker("diff", container) == ""


def test_every_line_it_writes_is_json_without_a_secret(container: str) -> None:
    ask(address_of(container), "/api/activities/home")
    lines = docker("logs", container).splitlines()
    assert all("message" in json.loads(line) for line in lines)
    assert "s3cr3t" not in "".join(lines)


def test_it_stops_under_load_and_loses_no_request(image: str) -> None:
    with running(image) as container:
        address = address_of(container)
        wait_for(container, lambda: answers(address))
        outcomes = stop_under_load(container, address)
        assert docker("inspect", "--format", "{{.State.ExitCode}}", container) == "0"
    # One or two may meet the moment in which the socket closes; without draining, all eight do.
    assert outcomes.pop("reset", 0) <= RESETS_OF_A_BUSY_KERNEL, outcomes
    assert set(outcomes) <= {"200", "gone"}, outcomes
    assert outcomes["200"] > 50


def answers(address: str) -> bool:
    try:
        return ask(address, "/api/health-check") == 200
    except OSError:
        return False


def stop_under_load(container: str, address: str) -> Counter[str]:
    """Stops the container while eight clients ask all the time; gives how their requests ended."""
    outcomes: Counter[str] = Counter()
    stopped = threading.Event()

    def keep_asking() -> None:
        while not stopped.is_set():
            try:
                outcomes[str(ask(address, "/api/health-check"))] += 1
            except (ConnectionRefusedError, TimeoutError):
                return
            except ConnectionResetError:
                outcomes["reset"] += 1
                return
            except OSError as error:
                # With the container goes its network: there is nobody left to refuse.
                outcomes[
                    "gone" if "unreachable" in str(error) or "No route" in str(error) else repr(error)
                ] += 1
                return
            except HTTPException as error:
                outcomes[repr(error)] += 1

    askers = [threading.Thread(target=keep_asking) for _ in range(8)]
    for asker in askers:
        asker.start()
    time.sleep(0.5)
    began = time.monotonic()
    docker("stop", "--time", "30", container)
    assert time.monotonic() - began < STOP_SECONDS
    stopped.set()
    for asker in askers:
        asker.join()
    return outcomes


def test_it_holds_the_service_and_nothing_else(image: str) -> None:
    listing = "import os; print(*sorted(os.listdir('/app')))"
    run = ("run", "--rm", "--env", "PYTHONDONTWRITEBYTECODE=1", image, "python", "-c")
    assert docker(*run, listing) == "app.py cruddur gunicorn.conf.py healthcheck.py"
    assert (
        docker(*run, "import importlib.util as u; print(u.find_spec('pip'), u.find_spec('pytest'))")
        == "None None"
    )
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
    assert not re.search(r"(?i)password|secret|token", history)
