"""A PostgreSQL beside the local AWS: the secret leads to it, it stops and starts with it, and a reset takes it away."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.process import placeholder_secret
from local_aws.process.rehearsal_database import IMAGE
from local_aws.process.server_record import ServerRecord, StateFolder
from reporting.errors import CannotRunError
from tests.local_aws.tasks.probe import docker
from tests.local_aws_fixture import LocalAws, local_aws_in

NAME, OTHER = "/cruddur/a-service/CONNECTION_URL", "/cruddur/other/CONNECTION_URL"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalAws]:
    if docker("info").returncode != 0:
        pytest.skip("no Docker engine answers: containers can't be run")
    if docker("image", "inspect", IMAGE).returncode != 0 and docker("pull", IMAGE).returncode != 0:
        pytest.skip(f"{IMAGE} can't be had")
    with local_aws_in(tmp_path / "state") as started:
        try:
            yield started
        finally:
            started.run("reset", "--yes")


def value_of(aws: LocalAws, name: str) -> str:
    value: str = aws.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return value


def asked(url: str, statement: str) -> str:
    """Ask as a task does: from another container."""
    words = ("--entrypoint", "psql", IMAGE, url, "--tuples-only", "--no-align", "--command", statement)
    done = docker("run", "--rm", *words)
    return done.stdout.strip() or done.stderr


def test_it_lasts_until_a_reset(own: LocalAws) -> None:
    own.run("stand-in", NAME, "postgresql://rehearsal:rehearsal@127.0.0.1:5432/cruddur")
    made = own.run("database", NAME)
    assert made.returncode == 0, made.stderr
    url = value_of(own, NAME)
    password = url.split(":")[2].partition("@")[0]
    assert "cruddur_a_service" in made.stdout
    assert password not in made.stdout
    asked(url, "CREATE TABLE kept AS SELECT 1 AS one")
    own.run("stop")
    assert "refused" in asked(url, "SELECT 1")
    own.start_again()
    again = own.run("database", NAME)
    assert (again.returncode, again.stdout) == (0, "")
    assert asked(url, "SELECT one FROM kept") == "1"
    assert own.run("database", OTHER).returncode == 0
    assert asked(value_of(own, OTHER), "SELECT current_database()") == "cruddur_other"
    assert own.run("reset", "--yes").returncode == 0
    assert "refused" in asked(url, "SELECT 1")


def test_a_secret_that_leads_elsewhere_stays(own: LocalAws) -> None:
    elsewhere = "postgresql://me:secret@db.example:5432/mine"
    own.run("stand-in", NAME, elsewhere)
    done = own.run("database", NAME)
    assert (done.returncode, done.stdout) == (0, "")
    assert value_of(own, NAME) == elsewhere


def test_a_secret_of_one_that_ends_meanwhile_is_one_sentence(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)

    class Ending(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"pid": os.getpid(), "state": str(tmp_path)}).encode())

        def do_POST(self) -> None:
            self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ending) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        folder.write(ServerRecord(os.getpid(), server.server_address[1], "000000000000", "ca-central-1", 0.0, "t"))
        folder.credentials.write_text("[deployer]\naws_access_key_id = A\naws_secret_access_key = B\n", "utf-8")
        with pytest.raises(CannotRunError, match=r"The secret /a/b/C could not be read: .*`bin/local-aws start`"):
            placeholder_secret.value_of(folder, "/a/b/C")
        server.shutdown()
