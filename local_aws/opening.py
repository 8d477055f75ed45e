"""Opens the embedded AWS within the process that serves it, and closes it again."""

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from local_aws.asking import EVALUATE_PATH, HANDSHAKE_PATH, HOLDINGS_PATH, IDENTITY_PATH, LEDGER_PATH, TOKEN_HEADER
from local_aws.assembly import Assembled, assemble
from local_aws.codeconnections.connections import AVAILABLE
from local_aws.containers.deployed import Deployed
from local_aws.containers.entrances import Entrances
from local_aws.containers.installing import install_rules
from local_aws.containers.rights import ExecutionRole
from local_aws.deployer import ensure_deployer
from local_aws.door import Door, json_answer
from local_aws.host import Credentials
from local_aws.instance import Running, StateFolder
from local_aws.logs.event_file import FILE as EVENTS_FILE
from local_aws.logs.event_file import EventFile
from local_aws.ministack import application, deployments, images, log_events, objects
from local_aws.ministack.application import Answer, Headers, Query
from local_aws.ministack.interrupted_tasks import tell_why_tasks_stopped
from local_aws.ministack.stack_operations import take_operations_up
from local_aws.ministack.stacks import live_stacks
from local_aws.ministack.state import States, stacks_in_brief, take_over_state
from local_aws.permissions.questions import calls_answer, evaluation_answer
from local_aws.pipelines.push_places import push_places
from local_aws.registry.guard import Guard
from local_aws.registry.tokens import SECONDS, Tokens
from local_aws.state.database import Database, NotKeptError, not_written
from local_aws.state.keeper import Keeper
from local_aws.template_gate.gate import validator

_LOGGER = logging.getLogger("local_aws")


@dataclass(frozen=True)
class Opened:
    """The door, and what to call when requests may come (``begin``) and when all is over, on the event loop.

    ``wind_down`` comes before the end, while requests are still answered: what runs beside the API stops, and it fails
    for no other reason. ``close`` raises ``NotKeptError`` where the last changes could not be written.
    """

    door: Door
    begin: Callable[[], Awaitable[None]]
    wind_down: Callable[[], None]
    close: Callable[[], Awaitable[None]]


def open_application(folder: StateFolder, running: Running, own_key: str) -> Opened:
    """Put everything together."""
    database = Database(folder.path)
    database.remember(account_id=running.account_id, region=running.region)
    assembled = assemble(database, folder, running, Credentials(own_key, "own", "", time.time()))
    states = States()
    take_over_state(states, database)
    objects.keep_objects_safely()
    events = log_events.keep_events_in(folder.path / EVENTS_FILE)
    keeper = Keeper(database, states.changes, stacks_in_brief)

    async def commands(path: str, headers: Headers, query: Query, body: bytes) -> Answer | None:
        refusal = _refusal(folder, running, path, headers)
        if refusal is not None:
            return refusal
        if path == LEDGER_PATH:
            return await asyncio.to_thread(calls_answer, assembled.ledger, query, body)
        if path == EVALUATE_PATH:
            return await asyncio.to_thread(evaluation_answer, body, running.account_id, running.region)
        answer = _command(assembled, running, path, body)
        try:
            await keeper.settled(changing=path == HANDSHAKE_PATH)
        except NotKeptError as error:
            return json_answer(HTTPStatus.SERVICE_UNAVAILABLE, {"message": str(error)})
        return answer

    async def settled(service: str, changing: bool) -> None:  # noqa: FBT001 - called by the door alone
        failure = objects.failure_of_request()
        if failure is not None:
            raise not_written(failure, folder.path)
        await keeper.settled(changing=changing, shows_progress=service == "cloudformation")

    def wind_down() -> None:
        deployments.start_no_more_tasks()
        for extension in assembled.extensions:
            extension.stop()

    door = Door(
        application.asgi_application(),
        own_key=own_key,
        commands=commands,
        registry_refusal=_open_registry(database, folder, running).refusal,
        settled=settled,
    )
    return Opened(door, lambda: _begin(assembled, folder, running, keeper), wind_down, lambda: _close(keeper, events))


async def _begin(assembled: Assembled, folder: StateFolder, running: Running, keeper: Keeper) -> None:
    """Finish what needs the state that was kept; from here on, requests are answered."""
    validator.warm_up()
    ensure_deployer(folder.credentials, running.account_id, running.region)
    images.rename_repositories()
    Entrances(running.port).reopen()
    tell_why_tasks_stopped()
    take_operations_up()
    await keeper.kept()
    keeper.start()
    folder.write(running)
    for extension in assembled.extensions:
        extension.start()
    _LOGGER.info("Ready at %s after %.2f s", running.endpoint_url, time.time() - running.started)


async def _close(keeper: Keeper, events: EventFile) -> None:
    try:
        await keeper.close()
    finally:
        events.close()


def _open_registry(database: Database, folder: StateFolder, running: Running) -> Guard:
    """Have the registry answer at our port; Docker needs no setting for a registry on localhost."""
    tokens = Tokens(folder.path / "registry-secret")
    host = f"localhost:{running.port}"
    images.keep_layers_in(folder.path / "layers")
    images.be_reached_at(host, tokens.make, SECONDS)
    deployed = Deployed(database)
    deployed.watch()
    install_rules(ExecutionRole((running.account_id, running.region), host, tokens.make, deployed))
    return Guard(tokens, running.account_id, running.region, host)


def _refusal(folder: StateFolder, running: Running, path: str, headers: Headers) -> Answer | None:
    """Answer who we are to anyone; refuse all else to those without the token, and give None to those with it."""
    if path == IDENTITY_PATH:
        return json_answer(HTTPStatus.OK, {"state": str(folder.path), "pid": running.pid})
    if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), running.token.encode()):
        return json_answer(HTTPStatus.FORBIDDEN, {"message": "This path is for bin/local-aws alone."})
    return None


def _command(assembled: Assembled, running: Running, path: str, body: bytes) -> Answer | None:
    if path == HANDSHAKE_PATH:
        return _handshake(assembled, body)
    if path == HOLDINGS_PATH:
        return json_answer(HTTPStatus.OK, _holdings(assembled, running))
    return None


def _holdings(assembled: Assembled, running: Running) -> dict[str, list[str]]:
    host = assembled.host
    with application.acting_in(running.account_id, running.region):
        stacks = [f"{stack['StackName']} ({stack['StackStatus']})" for stack in live_stacks()]
    return {
        "stacks": stacks,
        "pipelines": [pipeline.name for pipeline in host.pipelines.all()],
        "build projects": list(host.projects.all()),
        "connections": [f"{connection.name} ({connection.status})" for connection in host.connections.all()],
    }


def _handshake(assembled: Assembled, body: bytes) -> Answer:
    request = json.loads(body)
    host = assembled.host
    connections = host.connections
    finished = [
        connections.shake_hands(record.arn, Path(request["repository"]))
        if request["anew"] or record.status != AVAILABLE
        else record
        for record in connections.all()
        if request.get("name") in (None, record.name, record.arn)
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
    return json_answer(HTTPStatus.OK, {"connections": shown, "known": [record.name for record in connections.all()]})
