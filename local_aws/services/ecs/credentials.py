"""The credentials of a task's role: told to its containers alone, who know the task's token, at the address as on ECS.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html

SDKs take credentials over plain HTTP from this address, or from the loopback interface, and from nowhere else; a name
such as host.docker.internal they refuse. The address becomes this machine's by a network of Docker that no container
joins: what a container of the bridge sends there goes to its gateway, which is this machine.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import asyncio
import hmac
import logging
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from hypercorn.asyncio import serve

from local_aws.gateway.answers import json_answer
from local_aws.gateway.hosts import LINK_ADDRESS
from local_aws.gateway.listening import bridge_address, listen_for_containers, server_config
from local_aws.gateway.request import Request
from local_aws.ministack.adapter import Answer
from local_aws.ministack.ecs import task_credentials
from local_aws.ministack.ecs.task_credentials import TaskRole, have_address
from local_aws.platform.context import Credentials
from local_aws.platform.service import ServiceError
from local_aws.platform.service_roles import assume_role_as_service
from local_aws.services.ecs.execution_attribution import Deployed
from local_aws.services.ecs.execution_role import SERVICE

_CREDENTIALS, _METADATA = "/v2/credentials/", "/v4/"
_REMEMBERED_TASKS = 256
_SECONDS_BEFORE_THE_END = 3600
"""When credentials that expire are made anew: clients ask again a quarter of an hour before that."""


class TaskCredentials:
    """Answers the containers of tasks of an account and region.

    ``token_of`` makes the token of a task, by its ARN. ``address`` gives the host, with its port, at which containers
    reach us. ``refused`` hears of wrong tokens.
    """

    def __init__(
        self,
        where: tuple[str, str],
        token_of: Callable[[str], str],
        deployed: Deployed,
        address: Callable[[], str],
        refused: Callable[[str, str, str], None],
    ) -> None:
        self._account_id, self._region = where
        self._token_of = token_of
        self._deployed = deployed
        self._address = address
        self._refused = refused
        self._sessions: OrderedDict[str, Credentials] = OrderedDict()

    def variables(self, task: TaskRole, shares_the_hosts_network: bool) -> Mapping[str, str]:  # noqa: FBT001 - told by ECS
        """Return the environment variables by which SDKs find the credentials."""
        host = "127.0.0.1:" + self._address().rpartition(":")[2] if shares_the_hosts_network else self._address()
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{host}{_CREDENTIALS}{_task_id(task)}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": self._token_of(task.task_arn),
        }

    def is_ours(self, path: str) -> bool:
        """Return whether a path is asked by containers of a task."""
        return path.startswith((_CREDENTIALS, _METADATA))

    async def answer(self, request: Request) -> Answer:
        """Answer a container: its role's credentials for its token, or what its own path tells of itself."""
        if request.method != "GET":
            return json_answer(HTTPStatus.METHOD_NOT_ALLOWED, {"message": "Method Not Allowed"})
        if request.path.startswith(_METADATA):
            return await task_credentials.metadata(request.path)
        task = task_credentials.task_with_role(request.path.removeprefix(_CREDENTIALS))
        token = request.headers.get("authorization", "")
        if task is None or not hmac.compare_digest(token.encode(), self._token_of(task.task_arn).encode()):
            message = "The token is not that of a task that runs and has a role."
            self._refused("sts:AssumeRole", "", message)
            return json_answer(HTTPStatus.FORBIDDEN, {"code": "AccessDenied", "message": message})
        try:
            return json_answer(HTTPStatus.OK, _document(task, self._session(task)))
        except ServiceError as error:
            return json_answer(HTTPStatus.FORBIDDEN, {"code": error.code, "message": error.message})

    def _session(self, task: TaskRole) -> Credentials:
        found = self._sessions.get(task.task_arn)
        if found is None or found.expires - time.time() < _SECONDS_BEFORE_THE_END:
            found = assume_role_as_service(
                service=SERVICE,
                role_arn=task.role_arn,
                source_arn=f"arn:aws:ecs:{self._region}:{self._account_id}:*",
                session_name=_task_id(task),
                execution_id=self._deployed.execution_of({"taskDefinitionArn": task.task_definition_arn}),
            )
            self._sessions[task.task_arn] = found
            while len(self._sessions) > _REMEMBERED_TASKS:
                self._sessions.popitem(last=False)
        return found


def _document(task: TaskRole, session: Credentials) -> Mapping[str, str]:
    return {
        "RoleArn": task.role_arn,
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "Token": session.session_token,
        "Expiration": datetime.fromtimestamp(session.expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _task_id(task: TaskRole) -> str:
    return task.task_arn.rpartition("/")[2]


_SUBNET = "169.254.170.0/24"
_OTHER_NAME = "host.docker.internal"

_LOGGER = logging.getLogger("local_aws")


class LinkAddress:
    """Listens there from the first task on that needs it; make it on the event loop that serves."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._is_listening = False
        self._tasks: set[asyncio.Task[None]] = set()

    def lead_to(self, application: Callable[..., Any]) -> None:
        """Have an ASGI application answer there; call it before the first task starts."""
        self._application = application

    def host(self) -> str:
        """Return the host and port for containers; where the address can't be had, another name, which SDKs may refuse.

        Any thread may ask, but the one of the event loop.
        """
        with self._lock:
            fault = self._open()
        if fault is not None:
            _LOGGER.warning("AWS's SDKs in tasks find no credentials: %s can't be had: %s", LINK_ADDRESS, fault)
            return f"{_OTHER_NAME}:{self._port}"
        return f"{LINK_ADDRESS}:{self._port}"

    def _open(self) -> str | None:
        """Have the address and listen there, where that is not so yet; say why it can't be, or None."""
        if bridge_address() is None:
            return "this machine has no Docker bridge"
        fault = None if _is_ours(LINK_ADDRESS) else have_address(LINK_ADDRESS, _SUBNET)
        if fault is not None or self._is_listening:
            return fault
        try:
            listening = listen_for_containers(LINK_ADDRESS, self._port)
        except OSError as error:
            return str(error)
        self._loop.call_soon_threadsafe(self._serve, listening)
        self._is_listening = True
        return None

    def _serve(self, listening: socket.socket) -> None:
        serving = serve(_without_lifespan(self._application), server_config([listening]), shutdown_trigger=_never)
        task = self._loop.create_task(serving)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _never() -> None:
    await asyncio.Event().wait()


def _without_lifespan(application: Callable[..., Any]) -> Any:  # noqa: ANN401 - hypercorn's type of an ASGI application
    """Make the application one that begins and ends with another server, and not with this one."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - the same
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})

    return answer


def _is_ours(address: str) -> bool:
    """Return whether an address is one of this machine's."""
    with socket.socket() as trying:
        try:
            trying.bind((address, 0))
        except OSError:
            return False
    return True
