"""Makes what tells of the runtime more than alarms need, where the settings ask for it, and pay.

The network's connections go to the bucket of the access logs. It changes what is seen, and not what runs.
"""

from typing import Any

from troposphere import Join, Ref, ec2, ecs

from settings.project import Project
from templates_src.foundation import foundation_stack
from templates_src.foundation.log_delivery import NETWORK_PREFIX
from templates_src.names import imported
from templates_src.runtime.network import Network

_INSIGHTS = {"on": "enabled", "enhanced": "enhanced"}
_TEN_MINUTES = 600
"""Between two records of a connection: a tenth of what a record a minute costs."""


def flow_logs(project: Project, network: Network) -> list[ec2.FlowLog]:
    """Make the log of the network's connections, accepted and refused; none where it is not asked for."""
    if not project.runtime.flow_logs:
        return []
    bucket = imported(foundation_stack.stack_name(project), "AccessLogBucketArn")
    log = ec2.FlowLog(
        "FlowLog",
        ResourceId=Ref(network.vpc),
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=Join("/", [bucket, NETWORK_PREFIX, ""]),
        MaxAggregationInterval=_TEN_MINUTES,
    )
    return [log]


def cluster(project: Project) -> ecs.Cluster:
    """Make the cluster, with what is measured of it."""
    insights = project.runtime.container_insights
    more: dict[str, Any] = {}
    if insights != "off":
        more["ClusterSettings"] = [ecs.ClusterSetting(Name="containerInsights", Value=_INSIGHTS[insights])]
    return ecs.Cluster("Cluster", ClusterName=project.runtime.cluster, **more)
