"""The schema's migrations: in order, once, all of a file or none, and never taken back."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database_commands.migrations import migrate, migrations
from cruddur.database_commands.server import NotDoneError
from tests.support.databases import Databases

WAIT_SECONDS = 10
FIRST = migrations()[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The migrations that are shipped, for a test to add to."""
    copy = tmp_path / "migrations"
    copy.mkdir()
    for one in migrations():
        (copy / one.name).write_text(one.text, encoding="utf-8")
    return copy


@pytest.fixture
def url(database_url: str) -> ConnectionUrl:
    return ConnectionUrl.parse(database_url)


def add(folder: Path, text: str, words: str = "more") -> str:
    name = f"{len(list(folder.iterdir())) + 1:04}_{words}.sql"
    (folder / name).write_text(text, encoding="utf-8")
    return name


def value(url: ConnectionUrl, query: str) -> object:
    with psycopg.connect(url.text) as connection:
        (found,) = connection.execute(query.encode()).fetchone() or (None,)
    return found


def refusal(url: ConnectionUrl, folder: Path) -> str:
    with pytest.raises(NotDoneError) as refused:
        migrate(url, WAIT_SECONDS, folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_new_migration_is_run_once_and_rows_stay(url: ConnectionUrl, folder: Path) -> None:
    before = value(url, "SELECT count(*) FROM activities")
    name = add(folder, "ALTER TABLE users ADD COLUMN colour text; CREATE TABLE more ();")
    assert name in migrate(url, WAIT_SECONDS, folder)
    assert "up to date" in migrate(url, WAIT_SECONDS, folder)
    assert value(url, "SELECT count(*) FROM activities") == before
    assert value(url, "SELECT max(name) FROM schema_migrations") == name


def test_of_a_migration_that_fails_nothing_stays_and_those_before_it_are_done(
    url: ConnectionUrl, folder: Path
) -> None:
    add(folder, "CREATE TABLE done ();")
    failing = add(folder, "CREATE TABLE half ();\nSELECT FROM nowhere;\n")
    assert f"{failing}, which stopped at line 2: relation" in refusal(url, folder).replace('"', "")
    assert value(url, "SELECT to_regclass('done') IS NOT NULL AND to_regclass('half') IS NULL") is True
    assert value(url, "SELECT max(number) FROM schema_migrations") == len(migrations()) + 1


def test_a_changed_migration_is_refused(url: ConnectionUrl, folder: Path) -> None:
    (folder / FIRST.name).write_text(f"{FIRST.text}\n-- changed", encoding="utf-8")
    add(folder, "CREATE TABLE more ();")
    assert f"{FIRST.name} is not what was run" in refusal(url, folder)
    assert value(url, "SELECT to_regclass('more')") is None


def test_an_earlier_release_leaves_what_a_later_one_added(url: ConnectionUrl, folder: Path) -> None:
    add(folder, "CREATE TABLE more ();")
    migrate(url, WAIT_SECONDS, folder)
    assert "1 more of a later release stay" in migrate(url, WAIT_SECONDS)
    assert value(url, "SELECT to_regclass('more') IS NOT NULL") is True


def test_a_migration_that_came_too_late_is_refused(url: ConnectionUrl, folder: Path) -> None:
    add(folder, "")
    add(folder, "")
    migrate(url, WAIT_SECONDS, folder)
    with psycopg.connect(url.text) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE number = 2")
    assert "later migrations than 0002_more.sql" in refusal(url, folder)


@pytest.mark.parametrize(
    "name", ["0001_again.sql", "0003_gap.sql", "2_short.sql", "0002_Big.sql", "0002_notes.txt"]
)
def test_wrong_names_are_refused(url: ConnectionUrl, folder: Path, name: str) -> None:
    (folder / name).touch()
    assert "allowed is 0002_WORDS.sql" in refusal(url, folder)


def test_a_database_from_before_migrations_is_taken_over(url: ConnectionUrl, folder: Path) -> None:
    with psycopg.connect(url.text) as connection:
        connection.execute("DROP TABLE schema_migrations")
    assert FIRST.name in migrate(url, WAIT_SECONDS, folder)
    assert value(url, "SELECT count(*) > 0 FROM activities") is True


def test_several_at_once_run_each_file_once(databases: Databases, seeded_template: str, folder: Path) -> None:
    url = ConnectionUrl.parse(databases.copy(seeded_template))
    add(folder, "SELECT pg_sleep(0.2); CREATE TABLE more ();")
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(lambda _: migrate(url, WAIT_SECONDS, folder), range(4)))
    assert sum("up to date" in one for one in said) == 3


def test_a_table_in_use_is_not_waited_for_for_long(url: ConnectionUrl, folder: Path) -> None:
    add(folder, "ALTER TABLE users ADD COLUMN colour text;")
    with psycopg.connect(url.text) as reader:
        reader.execute("SELECT FROM users")
        # A reader who stays must not make the service's requests queue behind the migration.
        assert "lock timeout" in refusal(url, folder)
    assert "was run" in migrate(url, WAIT_SECONDS, folder)
