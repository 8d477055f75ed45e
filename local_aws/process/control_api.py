"""What ``bin/local-aws`` and programs of ours ask this process, below ``/_local-aws/``, and the advisories."""

import asyncio
import hmac
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local_aws.composition import Assembled
from local_aws.gateway.answers import json_answer
from local_aws.gateway.request import Request
from local_aws.iam.http_api import calls_answer, evaluation_answer
from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.cloudformation.stacks import live_stacks
from local_aws.platform.users import ensure_administrator
from local_aws.process.control_client import (
    ADMINISTRATOR_PATH,
    EVALUATE_PATH,
    HANDSHAKE_PATH,
    HOLDINGS_PATH,
    IDENTITY_PATH,
    LEDGER_PATH,
    PUSHED_PATH,
    TOKEN_HEADER,
)
from local_aws.process.server_record import ServerRecord, StateFolder
from local_aws.services.advisories import osv
from local_aws.services.codeconnections.connections import AVAILABLE, ConnectionRecord
from local_aws.services.codepipeline.triggers.push_repositories import push_places
from local_aws.state.database import NotKeptError
from local_aws.state.keeper import Keeper

_PREFIX = "/_local-aws/"


class Commands:
    """Answers our own paths: who we are, and advisories, to any program here; all else to those with the token."""

    def __init__(self, assembled: Assembled, keeper: Keeper, folder: StateFolder, running: ServerRecord) -> None:
        self._assembled = assembled
        self._keeper = keeper
        self._folder = folder
        self._running = running

    def refusal(self, request: Request) -> Answer | None:
        """Return the refusal of a request by its headers alone; None where it may go on.

        A page never asks here, whatever it knows: a browser says so by the Origin header.
        """
        if request.path.startswith(f"{osv.PREFIX}/") and "origin" not in request.headers:
            return None
        if not request.path.startswith(_PREFIX):
            return json_answer(HTTPStatus.NOT_FOUND, {"message": "Not Found"})
        token = request.headers.get(TOKEN_HEADER, "")
        is_open = request.path == IDENTITY_PATH and request.method == "GET"
        if "origin" in request.headers or not (
            is_open or hmac.compare_digest(token.encode(), self._running.token.encode())
        ):
            return json_answer(HTTPStatus.FORBIDDEN, {"message": "This path is for bin/local-aws alone."})
        return None

    async def answer(self, path: str, headers: Headers, query: Query, body: bytes) -> Answer | None:
        """Answer a request that was not refused; None where there is no such path."""
        del headers
        running = self._running
        if path.startswith(osv.PREFIX):
            answered = osv.answer(path.removeprefix(osv.PREFIX), body)
            return json_answer(*answered) if answered else None
        if path == IDENTITY_PATH:
            return json_answer(HTTPStatus.OK, {"state": str(self._folder.path), "pid": running.pid})
        if path == LEDGER_PATH:
            return await asyncio.to_thread(calls_answer, self._assembled.ledger, query, body)
        if path == EVALUATE_PATH:
            return await asyncio.to_thread(evaluation_answer, body, running.account_id, running.region)
        answer = await asyncio.to_thread(self._command, path, body)
        try:
            await self._keeper.settled(changing=path in {ADMINISTRATOR_PATH, HANDSHAKE_PATH, PUSHED_PATH})
        except NotKeptError as error:
            return json_answer(HTTPStatus.SERVICE_UNAVAILABLE, {"message": str(error)})
        return answer

    def _command(self, path: str, body: bytes) -> Answer | None:
        if path == HANDSHAKE_PATH:
            return _handshake(self._assembled, body)
        if path == PUSHED_PATH:
            return _pushed(self._assembled, body)
        if path == ADMINISTRATOR_PATH:
            key_id, secret = ensure_administrator(self._running.account_id, self._running.region)
            return json_answer(HTTPStatus.OK, {"aws_access_key_id": key_id, "aws_secret_access_key": secret})
        if path == HOLDINGS_PATH:
            return json_answer(HTTPStatus.OK, _holdings(self._assembled, self._running))
        return None


def _holdings(assembled: Assembled, running: ServerRecord) -> dict[str, list[str]]:
    host = assembled.host
    with adapter.acting_in(running.account_id, running.region):
        stacks = [f"{stack['StackName']} ({stack['StackStatus']})" for stack in live_stacks()]
    return {
        "stacks": stacks,
        "pipelines": [pipeline.name for pipeline in host.pipelines.all()],
        "build projects": list(host.projects.all()),
        "connections": [f"{connection.name} ({connection.status})" for connection in host.connections.all()],
    }


def _pushed(assembled: Assembled, body: bytes) -> Answer:
    request = json.loads(body)
    told = assembled.pushes.report(Path(request["repository"]), request["references"])
    return json_answer(HTTPStatus.OK, {"sentences": told})


def _meant(every: Sequence[ConnectionRecord], request: Mapping[str, Any]) -> tuple[Sequence[ConnectionRecord], bool]:
    """Return the connections that a handshake may be for, and whether it is for all of them.

    It is for the named one, or for the repository's own; else for the only one that waits for a repository.
    """
    name, repository = request.get("name"), Path(request["repository"])
    if name is not None:
        return [record for record in every if name in (record.name, record.arn)], True
    mine = [record for record in every if record.name in request["own"]]
    if mine or len(every) == 1:
        return mine or every, True
    waiting = [record for record in every if record.repository is None or not record.repository.exists()]
    if len(waiting) > 1:
        return waiting, False
    return [*waiting, *(record for record in every if record.repository == repository)], True


def _handshake(assembled: Assembled, body: bytes) -> Answer:
    request = json.loads(body)
    host = assembled.host
    connections = host.connections
    meant, certain = _meant(connections.all(), request)
    if not certain:
        return json_answer(HTTPStatus.OK, {"connections": [], "several": [record.name for record in meant]})
    finished = [
        connections.shake_hands(record.arn, Path(request["repository"]))
        if request["anew"] or record.status != AVAILABLE
        else record
        for record in meant
    ]
    shown = [
        {
            "name": record.name,
            "arn": record.arn,
            "status": record.status,
            "repository": str(record.repository),
            "pushes": push_places(host, record.arn),
        }
        for record in finished
    ]
    return json_answer(
        HTTPStatus.OK, {"connections": shown, "several": [], "known": [record.name for record in connections.all()]}
    )
