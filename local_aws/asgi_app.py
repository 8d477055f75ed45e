"""Opens the embedded AWS within the process that serves it, and closes it again."""

import asyncio
import logging
import secrets
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from local_aws.cloudformation.template_gate.gate import validator
from local_aws.composition import Assembled, assemble
from local_aws.gateway.authentication import SecretOf
from local_aws.gateway.gateway import Door, Rules
from local_aws.gateway.hosts import ApiHosts
from local_aws.gateway.signatures import SignatureError
from local_aws.ministack import functions, images, inner_door
from local_aws.ministack.cloudformation.stack_operations import take_operations_up
from local_aws.ministack.cloudformation.wait_signals import restore_handles
from local_aws.ministack.ecs import deployments
from local_aws.ministack.ecs.task_ends import tell_why_tasks_stopped
from local_aws.ministack.iam import identity
from local_aws.ministack.logs import log_events
from local_aws.ministack.s3 import large_objects, objects
from local_aws.ministack.state import States, concerns, stacks_in_brief, take_over_state
from local_aws.platform.context import Credentials
from local_aws.platform.minute import minute
from local_aws.platform.users import ensure_deployer
from local_aws.process.control_api import Commands
from local_aws.process.server_record import ServerRecord, StateFolder
from local_aws.services.cloudwatch.watch import AlarmWatch
from local_aws.services.ecs.assembly import open_to_containers
from local_aws.services.ecs.load_balancer_listeners import Entrances
from local_aws.services.logs.event_file import FILE as EVENTS_FILE
from local_aws.services.logs.event_file import EventFile
from local_aws.state.database import Database, not_written
from local_aws.state.keeper import Keeper

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


def open_application(folder: StateFolder, running: ServerRecord, addresses: tuple[str, ...]) -> Opened:
    """Put everything together; ``addresses`` are those that are listened on."""
    key = Credentials(f"LOCALAWS{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), "", time.time())
    identity.use_as_only_root(key.access_key_id, key.secret_access_key, running.account_id)
    database = Database(folder.path)
    database.remember(account_id=running.account_id, region=running.region)
    database.follow(running.port)
    assembled = assemble(database, folder, running)
    states = States()
    take_over_state(states, database)
    objects.keep_objects_safely()
    large_objects.leave_objects_in_files()
    incoming = folder.path / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    large_objects.join_parts_in(incoming)
    events = log_events.keep_events_in(folder.path / EVENTS_FILE)
    keeper = Keeper(database, states.changes, stacks_in_brief)

    async def settled(service: str, changing: bool) -> None:  # noqa: FBT001 - called by the door alone
        failure = objects.failure_of_request()
        if failure is not None:
            raise not_written(failure, folder.path)
        await keeper.settled(
            changing=changing,
            shows_progress=service == "cloudformation",
            concerns=lambda state: concerns(service, state),
        )

    def wind_down() -> None:
        deployments.start_no_more_tasks()
        for extension in assembled.extensions:
            extension.stop()

    refused = assembled.ledger.refuse
    containers = open_to_containers(database, folder, running, refused, assembled.host.client, assembled.deployed)
    commands = Commands(assembled, keeper, folder, running)
    rules = Rules(
        hosts=ApiHosts(running.port, addresses),
        secret_of=_secret_of(running.account_id),
        may_command=commands.refusal,
        commands=commands.answer,
        registry=containers.registry,
        tasks=containers.tasks,
        refused=refused,
        settled=settled,
        folder=incoming,
    )
    door = Door(inner_door.close(refused), rules)
    containers.link.lead_to(door)
    return Opened(door, lambda: _begin(assembled, folder, running, keeper), wind_down, lambda: _close(keeper, events))


def _secret_of(account_id: str) -> SecretOf:
    def secret_of(access_key_id: str, session_token: str) -> str:
        found = identity.secret_of(access_key_id, session_token, account_id)
        if isinstance(found, identity.NoCredential):
            raise SignatureError(found.code, found.message, access_key_id)
        return found

    return secret_of


async def _begin(assembled: Assembled, folder: StateFolder, running: ServerRecord, keeper: Keeper) -> None:
    """Finish what needs the state that was kept; from here on, requests are answered."""
    validator.warm_up()
    ensure_deployer(folder.credentials, running.account_id, running.region)
    images.rename_repositories()
    Entrances(running.port).reopen()
    AlarmWatch(minute()).start()
    tell_why_tasks_stopped()
    restore_handles()
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
        await asyncio.to_thread(functions.end)
        events.close()
