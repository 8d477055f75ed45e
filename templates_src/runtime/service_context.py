"""Where a service runs: what all services of the runtime share."""

from dataclasses import dataclass

from troposphere import AWSHelperFn, ecs

from settings.project import Project
from templates_src.runtime.load_balancer import LoadBalancer
from templates_src.runtime.network import Network


@dataclass(frozen=True)
class ServiceContext:
    """The parts of the runtime that a service stands in."""

    project: Project
    cluster: ecs.Cluster
    network: Network
    load_balancer: LoadBalancer
    topic_arn: AWSHelperFn
