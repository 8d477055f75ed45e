"""The PostgreSQL of the Test buildspec: it answers, goes, and says why it does not start."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.project.test_buildspecs import TEST, read
from tests.support.commands import script
from tests.support.docker import docker, require_image


def test_the_databases_container_starts_answers_and_goes() -> None:
    image = read(TEST)["env"]["variables"]["POSTGRES_IMAGE"]
    require_image(image)
    names = {"POSTGRES_IMAGE": image, "POSTGRES_CONTAINER": f"cruddur-test-{uuid4().hex}"}
    path = "backend-flask/tests/postgres-container"
    started = script(path, "start", **names)
    try:
        assert started.returncode == 0, started.stderr
        url = started.stdout.strip()
        with psycopg.connect(url, dbname="postgres") as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert re.search(r"@127\.0\.0\.1:\d+/cruddur$", url)
    finally:
        for _ in range(2):
            assert script(path, "stop", **names).returncode == 0
    assert names["POSTGRES_CONTAINER"] not in docker("ps", "--all", "--format", "{{.Names}}")


def test_a_database_that_does_not_start_shows_its_log() -> None:
    image = read(TEST)["env"]["variables"]["POSTGRES_IMAGE"]
    require_image(image)
    broken = f"cruddur-test-broken:{uuid4().hex}"
    context = f'FROM {image}\nENTRYPOINT ["sh", "-c", "echo no room on the disk; exit 3"]\n'
    subprocess.run(
        ["docker", "build", "--tag", broken, "-"], input=context, text=True, capture_output=True, check=True
    )
    names = {"POSTGRES_IMAGE": broken, "POSTGRES_CONTAINER": f"cruddur-test-{uuid4().hex}"}
    try:
        started = script("backend-flask/tests/postgres-container", "start", **names)
        assert started.returncode == 2
        assert "no room on the disk" in started.stderr
        assert "its container is exited" in started.stderr
    finally:
        script("backend-flask/tests/postgres-container", "stop", **names)
        docker("image", "rm", "--force", broken)


def test_without_an_engine_another_postgresql_answers_and_goes() -> None:
    # Not below pytest's folder: where root runs this, the server is nobody's, and reaches it all the same.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        answers_and_goes(folder)


def answers_and_goes(folder: Path) -> None:
    names = {
        "POSTGRES_IMAGE": "none",
        "POSTGRES_CONTAINER": "database",
        "DOCKER_HOST": "tcp://127.0.0.1:1",
        "TMPDIR": str(folder),
        "VIRTUAL_ENV": sys.prefix,
    }
    path = "backend-flask/tests/postgres-container"
    started = script(path, "start", **names)
    try:
        assert started.returncode == 0, started.stderr
        with psycopg.connect(started.stdout.strip(), dbname="postgres") as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        stopped = script(path, "stop", **names)
    assert stopped.returncode == 0, stopped.stderr
    assert list(folder.iterdir()) == []
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(started.stdout.strip(), dbname="postgres")
