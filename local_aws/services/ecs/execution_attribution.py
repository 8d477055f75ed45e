"""Which pipeline execution deployed a revision of a task definition, and so started the tasks that are of it."""

import json
from collections.abc import Mapping
from typing import Any

from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.ecs import tasks
from local_aws.ministack.iam import decisions
from local_aws.platform.json_store import Records
from local_aws.state.database import Database

_DEPLOYING = ("CreateService", "UpdateService", "RunTask", "StartTask")


class Deployed:
    """The executions by revision, kept in the ``database``; call ``watch`` before the first request."""

    def __init__(self, database: Database) -> None:
        self._records = Records(database, "containers/deployed")

    def watch(self) -> None:
        """Remember the revision of each request that deploys one in the name of an execution."""
        adapter.guard("ecs", self.remember)

    def execution_of(self, task: Mapping[str, Any]) -> str:
        """Return the execution behind a task, by its definition's ARN; empty where there is none."""
        revision = str(task.get("taskDefinitionArn", "")).rpartition("/")[2]
        return str((self._records.get(revision) or {}).get("execution", ""))

    async def remember(self, method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        """See a request to ECS before it is worked on, and let it go on."""
        del method, path, query
        execution = decisions.execution_of_request()
        if execution and headers.get("x-amz-target", "").rpartition(".")[2] in _DEPLOYING:
            self.note(str(json.loads(body or b"{}").get("taskDefinition") or ""), execution)
        return None

    def note(self, definition: str, execution: str) -> None:
        """Remember that a task definition, by any of its names, is deployed in the name of an execution."""
        revision = str(tasks.definition(definition).get("taskDefinitionArn", "")).rpartition("/")[2]
        if revision and execution:
            self._records.put(revision, {"execution": execution})
