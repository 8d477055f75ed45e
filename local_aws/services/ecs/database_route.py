"""Leads tasks that are told an instance of RDS to the PostgreSQL of the rehearsal: behind the instance runs none.

They are told it by the names that PostgreSQL's clients read.
https://www.postgresql.org/docs/current/libpq-envars.html
"""

from collections.abc import Mapping

from local_aws.ministack.cloudformation.resources import databases
from local_aws.process import rehearsal_database
from local_aws.process.server_record import StateFolder


def changes(told: Mapping[str, str], folder: StateFolder) -> dict[str, str]:
    """Return what a container is told instead; nothing where it is told no such instance, or no PostgreSQL is there."""
    server = rehearsal_database.kept(folder) if told.get("PGHOST") in databases.addresses() else None
    if server is None:
        return {}
    return {
        "PGHOST": server.host,
        "PGPORT": str(server.port),
        "PGDATABASE": rehearsal_database.USER,
        "PGUSER": rehearsal_database.USER,
        "PGPASSWORD": server.password,
        # It speaks no TLS.
        "PGSSLMODE": "prefer",
    }
