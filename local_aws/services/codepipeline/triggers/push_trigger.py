"""Starts the pipelines that wait for a push, and keeps the bare repositories that are pushed into."""

import json
import logging
import threading
from collections.abc import Mapping
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
from local_aws.services.codepipeline.triggers.git import create_bare
from local_aws.services.codepipeline.triggers.push_filter import started_source
from local_aws.services.codepipeline.triggers.push_repositories import push_repository, sources
from local_aws.services.codepipeline.triggers.push_watcher import PushWatch, Seen

BY_PUSH = "WebhookV2"

log = logging.getLogger(__name__)


class PushStarts:
    """The bare repositories of all pipelines' sources, watched."""

    def __init__(self, host: PlatformContext, engine: Engine) -> None:
        self._host = host
        self._engine = engine
        self._known: list[tuple[PipelineRecord, Mapping[str, Any]]] = []
        self._changed = threading.Event()
        self._changed.set()
        host.pipelines.subscribe(lambda _name, _record: self._changed.set())
        memory = Records(host.database, "pipelines/pushes")
        self.watch = PushWatch(memory, self._repositories, self._pushed)

    def _repositories(self) -> list[Path]:
        """Return the bare repositories; those that are not there yet are made."""
        found = []
        for _, configuration in self._sources():
            name = configuration.get("FullRepositoryId", "")
            path = push_repository(self._host.state_folder, name)
            if name and path not in found:
                create_bare(path)
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
        started: set[str] = set()
        for record, configuration in self._sources():
            name = configuration.get("FullRepositoryId", "")
            if push_repository(self._host.state_folder, name) != seen.path or record.name in started:
                continue
            source = started_source(record.structure, replace(seen.push, repository=name))
            if source is not None:
                started.add(record.name)
                self._start(record, source, configuration, seen)

    def _start(self, record: PipelineRecord, source: str, configuration: Mapping[str, Any], seen: Seen) -> None:
        override = SourceOverride(COMMIT, seen.push.commit, seen.push.branch or seen.push.tag)
        wanted = Start(BY_PUSH, _detail(configuration, seen), overrides={source: override}, token=seen.token)
        try:
            start(self._engine, record, wanted)
        except ServiceError as error:
            log.warning("A push did not start pipeline %s: %s", record.name, error.message)


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
