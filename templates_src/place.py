"""Where a service runs: what all services of the runtime share."""

from dataclasses import dataclass

from troposphere import AWSHelperFn, ecs

from settings.project import Project
from templates_src.entrance import Entrance
from templates_src.network import Network


@dataclass(frozen=True)
class Place:
    """The parts of the runtime that a service stands in."""

    project: Project
    cluster: ecs.Cluster
    network: Network
    entrance: Entrance
    topic_arn: AWSHelperFn
