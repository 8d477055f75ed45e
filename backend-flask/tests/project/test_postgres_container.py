"""The Test buildspec's PostgreSQL in a container: it answers, goes, and says why it does not start."""

import re
import subprocess
from uuid import uuid4

import psycopg

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
