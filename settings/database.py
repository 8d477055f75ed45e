"""The database that services share, where the system has one: PostgreSQL of RDS."""

from dataclasses import dataclass

from settings import formats
from settings.toml_table import Table

VARIABLES = ("PGHOST", "PGPORT", "PGDATABASE", "PGSSLMODE", "PGUSER", "PGPASSWORD")
"""What a service is told of it, under the names that PostgreSQL's own clients read.

https://www.postgresql.org/docs/current/libpq-envars.html
"""


@dataclass(frozen=True)
class Database:
    """An instance of RDS, and the database in it that belongs to the services."""

    name: str
    engine_version: str
    instance_class: str
    storage_gib: int
    backup_days: int
    multi_az: bool


def read(table: Table, application: str) -> Database:
    """Read ``[database]``."""
    made = Database(
        name=table.take_text("name", formats.DATABASE, default=application.replace("-", "_")),
        engine_version=table.take_text("engine_version", formats.POSTGRESQL_VERSION, default="17.9"),
        instance_class=table.take_text("instance_class", formats.INSTANCE_CLASS, default="db.t4g.micro"),
        storage_gib=table.take_integer("storage_gib", 20, 65536, "GiB", default=20),
        backup_days=table.take_integer("backup_days", 1, 35, "days", default=7),
        multi_az=table.take_boolean("multi_az", default=False),
    )
    table.close()
    return made
