"""What a roll-back could not delete stays a resource of its stack, in DELETE_FAILED, until it is gone.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-update-rollback-failed
"""

from ministack.core import responses
from ministack.services import cloudformation
from ministack.services.cloudformation import handlers
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.cloudformation.resource_changes import Operation, RollBack, Stack, around_each_roll_back

_LEFT = "DELETE_FAILED"


def list_what_is_left() -> None:
    """Have a stack keep the records of resources that its roll-back could not delete."""
    proceed = lifecycle._continue_update_rollback_async

    async def roll_back(stack: Stack, operation: Operation, roll_back: RollBack) -> None:
        await roll_back(operation)
        _list_left(stack)

    async def continue_update_rollback(stack_name: str, stack_id: str, resources_to_skip: frozenset[str]) -> None:
        await proceed(stack_name, stack_id, resources_to_skip)
        _list_left(cloudformation._stacks[stack_name])

    around_each_roll_back(roll_back)
    # The request handlers have their own name for it.
    handlers._continue_update_rollback_async = continue_update_rollback


def _list_left(stack: Stack) -> None:
    """Record what could not be deleted, and no more what has gone since."""
    records = stack.setdefault("_resources", {})
    left = {name: each for name, each in stack.get("_rollback_failed", {}).items() if "RevertTo" not in each}
    for name in [name for name, record in records.items() if record.get("_left") and name not in left]:
        del records[name]
    for name, each in left.items():
        # A predecessor of that name, which the roll-back went back to, is the stack's resource.
        records.setdefault(
            name,
            {
                **each,
                "LogicalResourceId": name,
                "ResourceStatus": _LEFT,
                "ResourceStatusReason": _reason(stack["StackId"], name),
                "Attributes": {},
                "Timestamp": responses.now_iso(),
                "_left": True,
            },
        )


def _reason(stack_id: str, name: str) -> str:
    told = [
        event["ResourceStatusReason"]
        for event in cloudformation._stack_events.get(stack_id, [])
        if event["LogicalResourceId"] == name and event["ResourceStatus"] == _LEFT
    ]
    return told[-1] if told else ""
