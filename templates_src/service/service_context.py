"""What a service takes from the stacks that all services share, each under the name that they export it by."""

from dataclasses import dataclass

from troposphere import AWSHelperFn, If

from settings.project import Project
from templates_src.foundation import foundation_stack
from templates_src.names import imported
from templates_src.runtime import https, network, runtime_stack
from templates_src.runtime.https import HAS_HTTPS, Https


@dataclass(frozen=True)
class ServiceContext:
    """The parts of foundation and runtime that a service refers to."""

    project: Project
    cluster: AWSHelperFn
    vpc_id: AWSHelperFn
    task_subnets: tuple[AWSHelperFn, ...]
    load_balancer_group: AWSHelperFn
    """The id of the load balancer's security group."""
    load_balancer_name: AWSHelperFn
    """As CloudWatch's metrics name it."""
    listener: AWSHelperFn
    """The listener that answers: HTTPS, or HTTP where that is asked for."""
    url: AWSHelperFn
    """The domain, or else the load balancer's own address, without a slash at its end."""
    topic_arn: AWSHelperFn
    key_arn: AWSHelperFn
    """Of the key that logs are encrypted with."""


def service_context(project: Project, asked: Https) -> ServiceContext:
    """Return what the stacks of ``project`` export for its services."""
    stack = runtime_stack.stack_name(project)
    # Each export stays as it is when HTTPS is turned on or off: an export in use can't be changed.
    listener = If(HAS_HTTPS, imported(stack, "HttpsListenerArn"), imported(stack, "HttpListenerArn"))
    return ServiceContext(
        project=project,
        cluster=imported(stack, "ClusterName"),
        vpc_id=imported(stack, "NetworkId"),
        task_subnets=tuple(imported(stack, f"{title}Id") for title in network.task_subnets(project.runtime)),
        load_balancer_group=imported(stack, "LoadBalancerSecurityGroupId"),
        load_balancer_name=imported(stack, "LoadBalancerFullName"),
        listener=listener,
        url=https.url(asked, imported(stack, "LoadBalancerDnsName")),
        topic_arn=imported(foundation_stack.stack_name(project), "ReleaseTopicArn"),
        key_arn=imported(foundation_stack.stack_name(project), "ArtifactKeyArn"),
    )
