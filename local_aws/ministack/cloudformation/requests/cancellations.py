"""CancelUpdateStack rolls an update back at once, also one that waits for a signal.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
"""

from typing import Any

from ministack.services.cloudformation import handlers, wait_conditions
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.adapter import Answer

_ACTION, _CANCELLED = "CancelUpdateStack", "Resource creation cancelled"


def cancel_at_once() -> None:
    """Have a cancelled update wait for nothing more, and its roll-back say that a user asked for it."""
    cancel, roll_back = handlers._ACTION_HANDLERS[_ACTION], lifecycle._roll_back_operation

    def cancel_update_stack(request: dict[str, list[str]]) -> Answer:
        answer: Answer = cancel(request)
        stack = handlers._resolve_stack(handlers._p(request, "StackName"))
        if stack is not None and stack.get("_cancel_requested"):
            _end_waits(stack["StackId"])
        return answer

    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: dict[str, Any], operation: dict[str, Any], reason_override: str = ""
    ) -> None:
        if operation.get("is_update") and stack.pop("_cancel_requested", False):
            lifecycle.CLIENT_REQUEST_TOKEN.set(stack.pop("_cancel_token", ""))
            operation = {**operation, "cancelled": True}
        await roll_back(stack_name, stack_id, stack, operation, reason_override)

    handlers._ACTION_HANDLERS[_ACTION] = cancel_update_stack
    lifecycle._roll_back_operation = handlers._roll_back_operation = roll_back_operation


def _end_waits(stack_id: str) -> None:
    """Have every wait of the stack end as one that was signalled to fail."""
    with wait_conditions._changed:
        for (waiting_stack, _name), waiter in wait_conditions._waiting.items():
            if waiting_stack == stack_id:
                signals = wait_conditions._handles[waiter["token"]]["signals"]
                signals["cancelled"] = {"Status": "FAILURE", "Reason": _CANCELLED, "Data": ""}
        wait_conditions._changed.notify_all()
