"""The pipelines that exist, each with every structure it ever had."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local_aws.platform.json_store import Record, Records
from local_aws.platform.service import Json
from local_aws.state.database import Database


@dataclass(frozen=True)
class PipelineRecord:
    """One pipeline. ``structure`` is what GetPipeline answers as ``pipeline``; times are epoch seconds."""

    name: str
    arn: str
    structure: Json
    version: int
    created: float
    updated: float
    tags: Mapping[str, str]
    structures: Mapping[int, Json]


Listener = Callable[[str, PipelineRecord | None], None]
"""Told (name, record) after each change, and (name, None) after a deletion."""


class Pipelines:
    """All pipelines of the account and region, kept in the ``database``."""

    def __init__(self, database: Database, account_id: str, region: str) -> None:
        self._records = Records(database, "codepipeline/pipelines")
        self.region = region
        self._arn_prefix = f"arn:aws:codepipeline:{region}:{account_id}:"
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Have ``listener`` told of every change, on the thread that made it."""
        self._listeners.append(listener)

    def arn(self, name: str) -> str:
        """Return the ARN that a pipeline of that ``name`` has."""
        return self._arn_prefix + name

    def get(self, name: str) -> PipelineRecord | None:
        """Return the pipeline of that ``name``; None where there is none."""
        record = self._records.get(name)
        return None if record is None else _read(record)

    def all(self) -> list[PipelineRecord]:
        """Return all pipelines, oldest first."""
        return [_read(record) for record in self._records.all().values()]

    def put(self, structure: Json) -> PipelineRecord:
        """Make or replace a pipeline; its version is one more than before (the first is 1)."""
        name, now = structure["name"], time.time()
        before = self._records.get(name) or {"created": now, "tags": {}, "structures": {}, "version": 0}
        version = before["version"] + 1
        kept = {**structure, "version": version}
        record: Record = {
            **before,
            "arn": self.arn(name),
            "structure": kept,
            "version": version,
            "updated": now,
            "structures": {**before["structures"], str(version): kept},
        }
        return self._keep(name, record)

    def tag(self, name: str, tags: Mapping[str, str]) -> PipelineRecord:
        """Return the pipeline these tags and no others."""
        return self._keep(name, {**(self._records.get(name) or {}), "tags": dict(tags)})

    def delete(self, name: str) -> None:
        """Forget a pipeline; one that does not exist is no error, as on AWS."""
        if self._records.get(name) is not None:
            self._records.delete(name)
            for listener in self._listeners:
                listener(name, None)

    def _keep(self, name: str, record: Record) -> PipelineRecord:
        self._records.put(name, record)
        kept = _read(record)
        for listener in self._listeners:
            listener(name, kept)
        return kept


def _read(record: Record) -> PipelineRecord:
    return PipelineRecord(
        name=record["structure"]["name"],
        arn=record["arn"],
        structure=record["structure"],
        version=record["version"],
        created=record["created"],
        updated=record["updated"],
        tags=record["tags"],
        structures={int(version): structure for version, structure in record["structures"].items()},
    )
