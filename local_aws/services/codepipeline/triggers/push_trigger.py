"""Starts pipelines: when they are made, and at a push into the bare repositories that are kept here.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-about-starting.html
"""

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from local_aws.platform.context import PlatformContext
from local_aws.platform.json_store import Records
from local_aws.platform.service import ServiceError
from local_aws.services.codepipeline.api.start import COMMIT, Start, start
from local_aws.services.codepipeline.definitions.store import PipelineRecord
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.store.records import SourceOverride
from local_aws.services.codepipeline.triggers.push_filter import judge
from local_aws.services.codepipeline.triggers.push_repositories import bring, push_repository, sources
from local_aws.services.codepipeline.triggers.push_watcher import BRANCHES, TAGS, PushWatch, Seen

BY_CREATION = "CreatePipeline"

_LOGGER = logging.getLogger(__name__)


def start_first_execution(engine: Engine, record: PipelineRecord | None) -> None:
    """Start it for a pipeline that is new; one that was started already, and a deletion, start nothing."""
    if record is None or record.version != 1:
        return
    token = f"{BY_CREATION} {record.created!r}"
    try:
        start(engine, record, Start(BY_CREATION, "", token=token))
    except ServiceError as error:
        _LOGGER.warning("Pipeline %s did not run when it was created: %s", record.name, error.message)


BY_PUSH = "WebhookV2"

log = logging.getLogger(__name__)


class PushStarts:
    """The bare repositories of all pipelines' sources, watched."""

    def __init__(self, host: PlatformContext, engine: Engine) -> None:
        self._host = host
        self._engine = engine
        self._known: list[tuple[PipelineRecord, Mapping[str, Any]]] = []
        self._told: dict[tuple[Path, str], list[str]] = {}
        """What the newest push of each reference started, until somebody has asked."""
        self._changed = threading.Event()
        self._changed.set()
        host.pipelines.subscribe(lambda _name, _record: self._changed.set())
        memory = Records(host.database, "pipelines/pushes")
        self.watch = PushWatch(memory, self._repositories, self._pushed)

    def report(self, repository: Path, references: Sequence[str]) -> list[str]:
        """Return what the newest push of these references of a bare repository started, or why nothing."""
        self.watch.look()
        return [
            sentence
            for reference in references
            for sentence in self._told.pop((repository, reference), None) or [_of_none(reference)]
        ]

    def _repositories(self) -> list[Path]:
        """Return the bare repositories; those that are not there yet are made."""
        found = []
        for _, configuration in self._sources():
            name = configuration.get("FullRepositoryId", "")
            path = push_repository(self._host.state_folder, name)
            if name and path not in found:
                bring(self._host, path)
                found.append(path)
        return found

    def _sources(self) -> list[tuple[PipelineRecord, Mapping[str, Any]]]:
        """Return every pipeline with the configuration of each source on a connection; asked for twice a second."""
        if self._changed.is_set():
            self._changed.clear()
            self._known = sources(self._host)
        return self._known

    def _pushed(self, seen: Seen) -> None:
        """Start each pipeline once that takes its source from this repository and waits for this push."""
        told: dict[str, str] = {}
        for record, configuration in self._sources():
            name = configuration.get("FullRepositoryId", "")
            if push_repository(self._host.state_folder, name) == seen.path and record.name not in told:
                verdict = judge(record.structure, replace(seen.push, repository=name))
                what = "; ".join(verdict.reasons)
                told[record.name] = (
                    self._start(record, verdict.source, configuration, seen) if verdict.source else _nothing(seen, what)
                )
        reference = f"{TAGS}{seen.push.tag}" if seen.push.tag else f"{BRANCHES}{seen.push.branch}"
        self._told[seen.path, reference] = [f"{name}: {what}" for name, what in told.items()]

    def _start(self, record: PipelineRecord, source: str, configuration: Mapping[str, Any], seen: Seen) -> str:
        """Start the pipeline; return what came of it."""
        override = SourceOverride(COMMIT, seen.push.commit, seen.push.branch or seen.push.tag)
        wanted = Start(BY_PUSH, _detail(configuration, seen), overrides={source: override}, token=seen.token)
        try:
            started = start(self._engine, record, wanted)
        except ServiceError as error:
            log.warning("A push did not start pipeline %s: %s", record.name, error.message)
            return _nothing(seen, error.message)
        return f"{_described(seen)} started execution {started.id}."


def _nothing(seen: Seen, reason: str) -> str:
    return f"{_described(seen)} started nothing: {reason}."


def _described(seen: Seen) -> str:
    what = f"branch {seen.push.branch}" if seen.push.branch else f"tag {seen.push.tag}"
    return f"{what} at {seen.push.commit[:7]}"


def _of_none(reference: str) -> str:
    if reference.startswith((BRANCHES, TAGS)):
        return f"{reference} started nothing: no pipeline takes its source from this repository."
    return f"{reference} started nothing: branches and tags alone start pipelines."


def _detail(configuration: Mapping[str, Any], seen: Seen) -> str:
    """Report the push as the execution's trigger detail."""
    members = {
        "connectionArn": configuration.get("ConnectionArn", ""),
        "repositoryName": configuration.get("FullRepositoryId", ""),
        "branchName": seen.push.branch,
        "tagName": seen.push.tag,
        "commitId": seen.push.commit,
    }
    return json.dumps({name: value for name, value in members.items() if value})
