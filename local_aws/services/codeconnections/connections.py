"""The connections that exist, and the local git repository that stands for the one at the provider."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.platform.json_store import Record, Records
from local_aws.platform.service import ServiceError
from local_aws.state.database import Database

PENDING, AVAILABLE = "PENDING", "AVAILABLE"


@dataclass(frozen=True)
class ConnectionRecord:
    """One connection; ``repository`` is the local git repository that stands for all of its repositories."""

    arn: str
    name: str
    status: str
    provider_type: str
    host_arn: str
    tags: Mapping[str, str]
    repository: Path | None


def resource_of(arn: str) -> str:
    """Return an ARN without its service's name: a connection may be spelt codeconnections or codestar-connections."""
    return arn.split(":", 3)[-1]


class Connections:
    """All connections of the account and region, kept in the ``database``."""

    def __init__(self, database: Database, account_id: str, region: str) -> None:
        self._records = Records(database, "codeconnections/connections")
        self._account_id = account_id
        self._region = region

    def get(self, arn: str) -> ConnectionRecord | None:
        """Return the connection with that ARN, in either spelling of the service; None where there is none."""
        record = self._records.get(resource_of(arn))
        return None if record is None else _read(record)

    def all(self) -> list[ConnectionRecord]:
        """Return all connections, oldest first."""
        return [_read(record) for record in self._records.all().values()]

    def create(
        self, *, service: str, name: str, provider_type: str, host_arn: str, tags: Mapping[str, str]
    ) -> ConnectionRecord:
        """Make a connection that is PENDING: its handshake is still to be done."""
        arn = f"arn:aws:{service}:{self._region}:{self._account_id}:connection/{uuid.uuid4()}"
        record: Record = {
            "arn": arn,
            "name": name,
            "status": PENDING,
            "provider_type": provider_type,
            "host_arn": host_arn,
            "tags": dict(tags),
            "repository": None,
        }
        self._records.put(resource_of(arn), record)
        return _read(record)

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Give the connection these tags and no others."""
        self._records.change(resource_of(arn), lambda record: record.update(tags=dict(tags)))

    def shake_hands(self, arn: str, repository: Path) -> ConnectionRecord:
        """Make the connection AVAILABLE, with a local git repository for what it connects to."""
        values = {"status": AVAILABLE, "repository": str(repository)}
        return _read(self._records.change(resource_of(arn), lambda record: record.update(values)))

    def delete(self, arn: str) -> None:
        """Forget a connection."""
        self._records.delete(resource_of(arn))

    def repository_of(self, arn: str, full_repository_id: str) -> Path:
        """Give the local git repository that stands for ``owner/name`` behind a connection, which must be AVAILABLE."""
        record = self.get(arn)
        if record is None:
            raise ServiceError("ResourceNotFoundException", f"Connection {arn} was not found.")
        if record.status != AVAILABLE or record.repository is None:
            message = (
                f"[CodeStarSourceConnection] Connection {arn} is not available (status {record.status}), so "
                f"{full_repository_id} can't be read. Finish its handshake: bin/local-aws handshake {record.name}"
            )
            raise ServiceError("ConnectionUnavailableException", message)
        return record.repository


def _read(record: Record) -> ConnectionRecord:
    return ConnectionRecord(
        arn=record["arn"],
        name=record["name"],
        status=record["status"],
        provider_type=record["provider_type"],
        host_arn=record["host_arn"],
        tags=record["tags"],
        repository=Path(record["repository"]) if record["repository"] else None,
    )
