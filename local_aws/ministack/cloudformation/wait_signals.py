"""Signals to wait conditions: by the URL of a handle that is there, and kept with the stack, as they were acknowledged.

On AWS the URL is presigned; here it holds a random token of 122 bits, known to whoever can read the handle.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import wait_conditions

from local_aws.ministack.adapter import acting_in

_HANDLES, _SIGNALS = "_handles", "_signals"
"""Members of a stack's record: its handles by token, and the signals that wait conditions have got, by logical id."""


class MalformedSignalError(ValueError):
    """A body is no signal; the text says why."""


def token_in(path: str) -> str | None:
    """Return the token of a handle that is there, by the path of its URL; None for any other path."""
    token = path.removeprefix(wait_conditions.SIGNAL_PATH)
    is_known = path.startswith(wait_conditions.SIGNAL_PATH) and wait_conditions.has_handle(token)
    return token if is_known and wait_conditions._handles[token]["url"] else None


def deliver(token: str, body: bytes) -> None:
    """Have the wait condition of a handle get a signal, a JSON object; raises ``MalformedSignalError``."""
    _, _, _, region, account_id, _ = str(wait_conditions.handle_owner(token)).split(":", 5)
    try:
        with acting_in(account_id, region):
            wait_conditions.deliver_signal(token, json.loads(body))
    except (ValueError, RecursionError) as error:
        raise MalformedSignalError(str(error)) from error


def keep_signals_with_stacks() -> None:
    """Have handles, and what wait conditions were told, be part of their stacks' records."""
    register, discard = wait_conditions.register_handle, wait_conditions.discard_handle

    def register_handle(stack_id: str) -> tuple[str, str]:
        url, token = register(stack_id)
        _record_of(stack_id).setdefault(_HANDLES, {})[token] = wait_conditions._handles[token]
        return url, token

    def discard_handle(url: str) -> None:
        token = wait_conditions.token_from_url(url)
        _record_of(wait_conditions.handle_owner(token)).get(_HANDLES, {}).pop(token, None)
        discard(url)

    wait_conditions.register_handle, wait_conditions.discard_handle = register_handle, discard_handle
    wait_conditions.wait_for = partial(_wait_on, wait_conditions.wait_for)


def _wait_on(wait: Callable[..., Any], token: str, stack_id: str, name: str, logical_id: str, *rest: Any) -> Any:  # noqa: ANN401 - MiniStack's own
    """Wait with the signals that were acknowledged before an earlier process died; those of a handle are with it."""
    slot, kept = wait_conditions._handles[token], _record_of(stack_id).setdefault(_SIGNALS, {})
    if not slot["url"]:
        slot["signals"] = kept.setdefault(logical_id, {})
    try:
        return wait(token, stack_id, name, logical_id, *rest)
    finally:
        kept.pop(logical_id, None)


def restore_handles() -> None:
    """Have the handles of stacks that were kept be known again; call it before any stack goes on."""
    for stack in cloudformation._stacks._data.values():
        wait_conditions._handles.update(stack.get(_HANDLES, {}))


def _record_of(stack_id: str | None) -> dict[str, Any]:
    """Return the record of a stack; an empty one where it is gone."""
    found = (stack for stack in cloudformation._stacks._data.values() if stack["StackId"] == stack_id)
    return next(found, {})
