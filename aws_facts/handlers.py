"""What CloudFormation calls in the deployer's name for a resource of a type, as the type's schema in its registry says.

The schemas are those that cfn-lint brings; `handlers.json` has what they leave open.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import functools

from aws_facts import facts

_HANDLERS = ("create", "read", "update", "delete")


@functools.cache
def actions_of_type(resource_type: str, region: str) -> frozenset[str]:
    """Return the IAM actions that a type's handlers need, such as ``ecr:CreateRepository``; none of an unknown type."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError  # noqa: PLC0415 - half a second

    known = facts("handlers")
    further = known["further"].get(resource_type)
    if further:
        return frozenset(further["actions"])
    try:
        handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema.get("handlers", {})
    except ResourceNotFoundError:
        return frozenset()
    actions = (action for name in _HANDLERS for action in handlers.get(name, {}).get("permissions", []))
    return frozenset(action for action in actions if action.partition(":")[0] not in known["left_out"])
