"""`bin/db`: each command twice, and each way in which it can fail."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from cruddur.database_commands.__main__ import main
from tests.support.commands import COMMAND_SECONDS, REPOSITORY, run_database_command
from tests.support.databases import Databases, address, prepare

COMMANDS = ["create", "schema-load", "seed", "drop"]


@dataclass(frozen=True)
class Done:
    """What a command in this process left behind."""

    returncode: int | str | None
    stdout: str
    stderr: str


RunHere = Callable[..., Done]


@pytest.fixture
def run_here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunHere:
    """Runs a command in this process, which is quicker than a new one."""

    def run(command: str, url: str, *arguments: str) -> Done:
        monkeypatch.setenv("CONNECTION_URL", url)
        code: int | str | None
        try:
            code = main([command, *arguments])
        except SystemExit as end:
            code = end.code
        return Done(code, *capsys.readouterr())

    return run


def assert_refused(done: "Done | subprocess.CompletedProcess[str]", *parts: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    for part in parts:
        assert part in done.stderr


def rows(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT to_jsonb(a) FROM activities a UNION ALL SELECT to_jsonb(u) FROM users u"
        )
        return sorted(found.fetchall(), key=str)


def test_every_command_is_run_from_a_shell(databases: Databases) -> None:
    url = databases.name()
    for command in COMMANDS:
        done = run_database_command(command, url)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n") == 1
        assert str(urlsplit(url).password) not in done.stdout + done.stderr


def test_every_command_is_safe_to_run_twice(run_here: RunHere, databases: Databases) -> None:
    url = databases.name()
    said: dict[str, list[str]] = {}
    for command in COMMANDS[:3]:
        for _ in range(2):
            done = run_here(command, url)
            assert done.returncode == 0, done.stderr
            said.setdefault(command, []).append(done.stdout)
    seeded = rows(url)
    for command in ("schema-load", "seed"):
        assert run_here(command, url).returncode == 0
        assert rows(url) == seeded
    assert "was made" in said["create"][0]
    assert "is there already" in said["create"][1]
    assert "was removed" in run_here("drop", url).stdout
    assert "not there" in run_here("drop", url).stdout


def test_seeding_renews_what_has_expired_and_nothing_else(
    run_here: RunHere, databases: Databases, seeded_template: str
) -> None:
    url = databases.copy(seeded_template)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE activities SET created_at = '2020-01-01'")
        connection.execute("UPDATE activities SET expires_at = '2020-02-01' WHERE expires_at IS NOT NULL")
        connection.execute(
            "UPDATE activities SET message = 'edited', expires_at = NULL WHERE message LIKE 'Cloud%'"
        )
    assert run_here("seed", url).returncode == 0
    with psycopg.connect(url) as connection:
        living = connection.execute("SELECT count(*) FROM activities WHERE expires_at > now()").fetchone()
        edited = connection.execute(
            "SELECT created_at::date::text FROM activities WHERE message = 'edited'"
        ).fetchone()
    assert living == (2,)
    assert edited == ("2020-01-01",)


def test_a_running_service_does_not_keep_its_database_alive(
    run_here: RunHere, databases: Databases, seeded_template: str
) -> None:
    url = databases.copy(seeded_template)
    with psycopg.connect(url):
        assert run_here("drop", url).returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_without_an_address_there_is_nothing_to_do(run_here: RunHere, command: str) -> None:
    assert_refused(run_here(command, ""), command, "CONNECTION_URL is missing")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_address_is_refused_without_its_password(run_here: RunHere, command: str) -> None:
    done = run_here(command, "mysql://user:s3cr3t@127.0.0.1/cruddur")
    assert_refused(done, "CONNECTION_URL cannot be used", "postgresql://")
    assert "s3cr3t" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unreachable_server_is_waited_for_so_long_and_no_longer(run_here: RunHere, command: str) -> None:
    began = time.monotonic()
    done = run_here(command, "postgresql://user:s3cr3t@127.0.0.1:1/cruddur", "--wait", "1")
    assert_refused(done, "cannot use database", "127.0.0.1:1")
    assert 1 <= time.monotonic() - began < 10
    assert "s3cr3t" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_password_is_told_at_once_and_not_shown(
    run_here: RunHere, command: str, connection_url: str
) -> None:
    parts = urlsplit(connection_url)
    url = parts._replace(netloc=f"{parts.username}:s3cr3t@{parts.hostname}:{parts.port}").geturl()
    began = time.monotonic()
    done = run_here(command, url)
    assert_refused(done, "password authentication failed")
    assert time.monotonic() - began < 5
    assert "s3cr3t" not in done.stderr


@pytest.mark.parametrize("command", ["schema-load", "seed"])
def test_a_database_that_is_not_there_is_named(run_here: RunHere, command: str, databases: Databases) -> None:
    assert_refused(run_here(command, databases.name()), "does not exist")


def test_seeding_needs_the_tables(run_here: RunHere, databases: Databases) -> None:
    url = databases.name()
    assert run_here("create", url).returncode == 0
    assert_refused(
        run_here("seed", url), "seed.sql, which stopped at line 2", 'relation "users" does not exist'
    )


def test_broken_sql_is_named_with_its_line_and_changes_nothing(
    run_here: RunHere, databases: Databases, tmp_path: Path
) -> None:
    url = databases.name()
    assert run_here("create", url).returncode == 0
    copy = tmp_path / "repository"
    for part in ("bin/db", "backend-flask/cruddur"):
        shutil.copytree(REPOSITORY / part, copy / part)
    schema = copy / "backend-flask" / "cruddur" / "migrations" / "0001_schema.sql"
    text = schema.read_text(encoding="utf-8")
    schema.write_text(text + "\nCREATE TABEL oops ();\n", encoding="utf-8")
    done = subprocess.run(
        ["bash", "./bin/db/schema-load"],
        cwd=copy,
        env={
            "CONNECTION_URL": url,
            "VIRTUAL_ENV": sys.prefix,
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert_refused(
        done, f"0001_schema.sql, which stopped at line {text.count(chr(10)) + 2}", "syntax error", "TABEL"
    )
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('users')").fetchone() == (None,)


def test_several_may_run_the_commands_at_once(databases: Databases) -> None:
    url = databases.name()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(prepare, [url] * 4))
    assert len(rows(url)) == 7


@pytest.mark.parametrize("name", ["postgres", "template1"])
def test_the_servers_own_databases_are_never_removed(
    run_here: RunHere, name: str, connection_url: str
) -> None:
    assert_refused(run_here("drop", address(connection_url, name), "--force", "--force"), name)


def test_a_distant_database_is_removed_when_told_twice_only(run_here: RunHere) -> None:
    # An address that is kept for documentation: nothing answers there (RFC 5737).
    url = "postgresql://user:s3cr3t@192.0.2.1:5432/cruddur"
    for told in ([], ["--force"]):
        assert_refused(run_here("drop", url, *told), "not on this machine", "--force twice")
    assert_refused(run_here("drop", url, "--force", "--force", "--wait", "0"), "cannot use database")


@pytest.mark.parametrize("argument", ["--wait=soon", "--wait=-1", "--wait=nan", "--oops", "more"])
def test_wrong_arguments_are_refused(run_here: RunHere, argument: str, connection_url: str) -> None:
    done = run_here("create", connection_url, argument)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr
