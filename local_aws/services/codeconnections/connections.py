"""The connections that exist, and the local git repository that stands for the one at the provider."""

import os
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
    """All connections of the account and region, kept in the ``database``.

    A repository that the ``state_folder`` lies in is kept by where it is from there: it is the same one where a clone
    was moved or copied with its state.
    """

    def __init__(self, database: Database, account_id: str, region: str, state_folder: Path) -> None:
        self._state_folder = state_folder.resolve()
        self._records = Records(database, "codeconnections/connections")
        self._account_id = account_id
        self._region = region

    def get(self, arn: str) -> ConnectionRecord | None:
        """Return the connection with that ARN, in either spelling of the service; None where there is none."""
        record = self._records.get(resource_of(arn))
        return None if record is None else self._read(record)

    def all(self) -> list[ConnectionRecord]:
        """Return all connections, oldest first."""
        return [self._read(record) for record in self._records.all().values()]

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
        return self._read(record)

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Give the connection these tags and no others."""
        self._records.change(resource_of(arn), lambda record: record.update(tags=dict(tags)))

    def shake_hands(self, arn: str, repository: Path) -> ConnectionRecord:
        """Make the connection AVAILABLE, with a local git repository for what it connects to."""
        top = repository.resolve()
        lies_in = self._state_folder.is_relative_to(top)
        kept = os.path.relpath(top, self._state_folder) if lies_in else str(repository)
        values = {"status": AVAILABLE, "repository": kept}
        return self._read(self._records.change(resource_of(arn), lambda record: record.update(values)))

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

    def _read(self, record: Record) -> ConnectionRecord:
        kept = record["repository"]
        return ConnectionRecord(
            arn=record["arn"],
            name=record["name"],
            status=record["status"],
            provider_type=record["provider_type"],
            host_arn=record["host_arn"],
            tags=record["tags"],
            repository=Path(os.path.normpath(self._state_folder / kept)) if kept else None,
        )
