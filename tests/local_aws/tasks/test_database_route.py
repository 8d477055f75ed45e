"""A task that is told an instance of RDS reaches the rehearsal's PostgreSQL; whatever else it is told stays."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ministack.services import rds

from local_aws.ministack.adapter import acting_in
from local_aws.process.server_record import StateFolder
from local_aws.services.ecs.database_route import changes

ADDRESS = "shop.abc.ca-central-1.rds.amazonaws.com"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StateFolder]:
    server = {"host": "172.17.0.1", "port": 40000, "password": "word"}
    (tmp_path / "rehearsal-database.json").write_text(json.dumps(server))
    with acting_in("000000000000", "ca-central-1"):
        rds._instances["shop"] = {"Endpoint": {"Address": ADDRESS}}  # noqa: SLF001 - MiniStack's own store
        yield StateFolder(tmp_path)
        rds._instances.pop("shop")  # noqa: SLF001 - the same


def test_an_instance_leads_to_the_postgresql_that_runs(folder: StateFolder) -> None:
    assert changes({"PGHOST": ADDRESS, "PGPASSWORD": "of the instance", "PORT": "8080"}, folder) == {
        "PGHOST": "172.17.0.1",
        "PGPORT": "40000",
        "PGDATABASE": "postgres",
        "PGUSER": "postgres",
        "PGPASSWORD": "word",
        "PGSSLMODE": "prefer",
    }


def test_another_address_stays(folder: StateFolder) -> None:
    assert changes({"PGHOST": "db.shop.com"}, folder) == {}
    assert changes({}, folder) == {}


def test_without_a_postgresql_the_address_stays(folder: StateFolder) -> None:
    (folder.path / "rehearsal-database.json").unlink()
    assert changes({"PGHOST": ADDRESS}, folder) == {}
