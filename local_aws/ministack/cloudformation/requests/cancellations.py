"""CancelUpdateStack rolls an update back at once, also one that waits for a signal.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
"""

from ministack.services.cloudformation import handlers, wait_conditions
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.adapter import Answer
from local_aws.ministack.cloudformation.resource_changes import Operation, RollBack, Stack, around_each_roll_back

_ACTION, _CANCELLED = "CancelUpdateStack", "Resource creation cancelled"


def cancel_at_once() -> None:
    """Have a cancelled update wait for nothing more, and its roll-back say that a user asked for it."""
    cancel = handlers._ACTION_HANDLERS[_ACTION]

    def cancel_update_stack(request: dict[str, list[str]]) -> Answer:
        answer: Answer = cancel(request)
        stack = handlers._resolve_stack(handlers._p(request, "StackName"))
        if stack is not None and stack.get("_cancel_requested"):
            _end_waits(stack["StackId"])
        return answer

    async def roll_back(stack: Stack, operation: Operation, roll_back: RollBack) -> None:
        if operation.get("is_update") and stack.pop("_cancel_requested", False):
            lifecycle.CLIENT_REQUEST_TOKEN.set(stack.pop("_cancel_token", ""))
            operation = {**operation, "cancelled": True}
        await roll_back(operation)

    handlers._ACTION_HANDLERS[_ACTION] = cancel_update_stack
    around_each_roll_back(roll_back)


def _end_waits(stack_id: str) -> None:
    """Have every wait of the stack end as one that was signalled to fail."""
    with wait_conditions._changed:
        for (waiting_stack, _name), waiter in wait_conditions._waiting.items():
            if waiting_stack == stack_id:
                signals = wait_conditions._handles[waiter["token"]]["signals"]
                signals["cancelled"] = {"Status": "FAILURE", "Reason": _CANCELLED, "Data": ""}
        wait_conditions._changed.notify_all()
