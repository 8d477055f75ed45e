"""Whether this process lives, and whether it can serve: two questions, asked by different machines."""

from typing import Final

import psycopg
from flask import Blueprint

from cruddur.database.connections import Database, DatabaseUnavailableError
from cruddur.version import VERSION

HEALTH_CHECK_PATH: Final = "/api/health-check"


def blueprint(database: Database) -> Blueprint:
    """`/api/health-check` asks about the process alone, `/api/readiness-check` about its database too.

    The first is for the load balancer and the container's own check, the second for people and alarms.
    """
    routes = Blueprint("health", __name__)

    @routes.get(HEALTH_CHECK_PATH)
    def health_check() -> dict[str, object]:
        # No database here: an outage of the database must not make the platform kill every container.
        return {"success": True, "ver": VERSION}

    @routes.get("/api/readiness-check")
    def readiness_check() -> dict[str, object]:
        try:
            with database.connection() as connection:
                connection.execute("SELECT FROM activity_rows LIMIT 1")
        except psycopg.ProgrammingError as error:
            message = f"the schema is not loaded: {type(error).__name__}"
            raise DatabaseUnavailableError(message) from error
        return {"success": True}

    return routes
