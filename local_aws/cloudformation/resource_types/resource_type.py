"""What a CloudFormation resource type of ours is made of, and how stacks come to know it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.ministack.cloudformation import stacks
from local_aws.platform.service import Json, ServiceError

Properties = dict[str, Any]
Made = stacks.Made


@dataclass(frozen=True)
class ResourceType:
    """One resource type, in terms of the service that owns such resources.

    ``create`` takes (properties, a name for when they give none); ``update`` takes (physical id, old properties, new
    ones); both give the physical id and the attributes. ``delete`` takes the physical id. ``read`` takes (physical id,
    the template's properties) and gives the live ones, of those in ``readable``; None when the resource is gone.
    """

    name: str
    service: str
    create: Callable[[Properties, str], Made]
    update: Callable[[str, Properties, Properties], Made]
    delete: Callable[[str], None]
    read: Callable[[str, Properties], Properties | None]
    readable: frozenset[str]
    tags: tuple[str, str] | None = ("Tags", "list")
    longest_name: int = 100


def install(resource_type: ResourceType) -> None:
    """Have stacks make, change and delete resources of this type."""
    this = resource_type

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        name = stacks.generated_name(stack_name, logical_id, longest=this.longest_name)
        return _told(this, lambda: this.create(properties, name))

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
        del stack_name
        return _told(this, lambda: this.update(physical_id, old, new))

    def delete(physical_id: str, properties: Properties) -> None:
        del properties
        _told(this, lambda: _deleted(this, physical_id))

    stacks.add_resource_type(
        this.name,
        create=create,
        update=update,
        delete=delete,
        tags=this.tags,
        read=(this.read, this.readable),
    )


def live_properties(properties: Properties, declared: Json, kept: Json) -> Properties:
    """Return a template's properties as they are now: in its own words where what is kept is what it declares.

    ``declared`` is the API's reading of ``properties``, ``kept`` what the service holds, both by the API's names.
    """
    names = {name: name[:1].lower() + name[1:] for name in properties}
    return {
        name: properties[name] if kept.get(member) == declared.get(member) else kept[member]
        for name, member in names.items()
        if member in kept
    }


def _deleted(resource_type: ResourceType, physical_id: str) -> Made:
    resource_type.delete(physical_id)
    return physical_id, {}


def _told(resource_type: ResourceType, work: Callable[[], Made]) -> Made:
    """Do the work; a refusal becomes the reason that the stack's event shows, worded as CloudFormation does."""
    try:
        return work()
    except ServiceError as error:
        reason = (
            f"{error.message} (Service: {resource_type.service}, Status Code: {int(error.status)}, "
            f"Error Code: {error.code})"
        )
        message = f'Resource handler returned message: "{reason}" (HandlerErrorCode: InvalidRequest)'
        raise ValueError(message) from None
