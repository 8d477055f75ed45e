"""The image that a service runs now, so that a deployment never turns it back to an older one."""

from collections.abc import Mapping
from typing import Any

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.model.manifest import RunningImage, Stack


def find(aws: Aws, wanted: RunningImage) -> str:
    """Give the image of that container in the service's present task definition; empty before the first release."""
    desired, container = _container(aws, wanted)
    image = str(container.get("image", ""))
    return "" if desired == 0 and is_placeholder(image) else image


def secrets(aws: Aws, wanted: RunningImage) -> list[str]:
    """Give the names or ARNs of the secrets that this container reads now."""
    return [secret["valueFrom"] for secret in _container(aws, wanted)[1].get("secrets", ())]


def _container(aws: Aws, wanted: RunningImage) -> tuple[int, Mapping[str, Any]]:
    """Give how many tasks are wanted, and the container in the present task definition; an empty one without any.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
    """
    try:
        services = aws.ecs.describe_services(cluster=wanted.cluster, services=[wanted.service])["services"]
    except RefusedByAwsError as refusal:
        if refusal.code == "ClusterNotFoundException":
            return 0, {}
        raise
    service = next((found for found in services if found.get("status") == "ACTIVE"), None)
    definition = service.get("taskDefinition") if service else None
    if not service or not definition:
        return 0, {}
    containers = aws.ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]["containerDefinitions"]
    found: Mapping[str, Any] = next(
        (container for container in containers if container["name"] == wanted.container), {}
    )
    return service.get("desiredCount", 0), found


def is_placeholder(image: str) -> bool:
    """Report what a template names while there is no image; one that was pushed has its registry before a slash."""
    return "/" not in image


def with_images(aws: Aws, stack: Stack, values: Mapping[str, str]) -> dict[str, str]:
    """Return ``values`` with the running images for those parameters of ``stack`` that take one."""
    images = {
        parameter.name: find(aws, parameter.running_image)
        for parameter in stack.parameters
        if parameter.running_image is not None
    }
    return {**values, **images}
