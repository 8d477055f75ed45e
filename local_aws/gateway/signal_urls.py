"""Signals to wait conditions, by the URLs of their handles: who knows such a URL may signal, as on AWS.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from local_aws.gateway import bodies
from local_aws.gateway.answers import Receive, json_answer
from local_aws.gateway.bodies import LARGEST_SIGNAL, Limit
from local_aws.gateway.request import Request
from local_aws.ministack.adapter import Answer
from local_aws.ministack.cloudformation import wait_signals
from local_aws.state.database import NotKeptError


async def take_signal(
    request: Request, receive: Receive, settled: Callable[[str, bool], Awaitable[None]]
) -> Answer | None:
    """Answer a signal once it is on disk; None for whatever is no signal to a handle that is there.

    A page never signals: a browser says where it is from by the Origin header.
    """
    is_signal = request.method == "PUT" and "origin" not in request.headers
    token = wait_signals.token_in(request.path) if is_signal else None
    if token is None:
        return None
    body = await bodies.read(receive, request.content_length, Limit(LARGEST_SIGNAL))
    if request.headers.get("content-type"):
        return json_answer(HTTPStatus.FORBIDDEN, {"message": "The header Content-Type must be empty or left out."})
    try:
        wait_signals.deliver(token, bytes(body.content))
        await settled("cloudformation", True)  # noqa: FBT003 - see Rules of the gateway
    except wait_signals.MalformedSignalError as error:
        return json_answer(HTTPStatus.BAD_REQUEST, {"message": str(error)})
    except NotKeptError as error:
        return json_answer(HTTPStatus.SERVICE_UNAVAILABLE, {"message": str(error)})
    return int(HTTPStatus.OK), {}, b""
