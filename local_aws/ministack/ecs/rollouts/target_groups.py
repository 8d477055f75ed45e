"""Which of a service's two target groups the tasks of a deployment are in, and how traffic is split between them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.concurrency import resource_lock
from ministack.services import alb, ecs

from local_aws.ministack.ecs.rollouts.progress import WANTED
from local_aws.ministack.load_balancing import weights
from local_aws.services.ecs.rollouts.steps import ALL

Record = dict[str, Any]
_IN_ALTERNATE = "_in_alternate"
"""On a service: whether a deployment's tasks are in the alternate target group, by the deployment's id."""
_PUBLISHED = "_published_targets"
"""MiniStack's word for what a service registered in each target group."""


def publish_by_deployment() -> None:
    """Have tasks be registered in the target group of their deployment."""
    ecs._sync_service_targets = _publish


def shift(service: Record, deployment: Record, share: float) -> None:
    """Give a deployment's tasks that share (percent) of the production traffic, and the others the rest.

    With all of it they have the test traffic, too.
    """
    _split(service, deployment, ("productionListenerRule", "productionListeners"), share)
    if share == ALL:
        test(service, deployment)


def test(service: Record, deployment: Record) -> None:
    """Give a deployment's tasks all test traffic."""
    _split(service, deployment, ("testListenerRule", "testListeners"), ALL)


def _split(service: Record, deployment: Record, names: tuple[str, str], share: float) -> None:
    """Split what ECS knows as one rule, and CodeDeploy as a listener with all its rules for the two groups."""
    rule, listeners = names
    for balancer in service.get("loadBalancers") or []:
        advanced, groups = _advanced(service, balancer), _groups(service, balancer)
        rules = [advanced[rule]] if advanced.get(rule) else weights.rules_between(advanced.get(listeners) or (), groups)
        if advanced.get("alternateTargetGroupArn"):
            own = group_of(service, deployment["id"], balancer)
            (other,) = set(groups) - {own}
            for one in rules:
                weights.split(one, own, other, share)


def place(service: Record, deployment: Record, serving: Record | None) -> None:
    """Give a new deployment the target group in which the deployment that serves is not."""
    known = {one["id"] for one in service["deployments"]}
    placed = {name: where for name, where in service.get(_IN_ALTERNATE, {}).items() if name in known}
    has_two = any(len(_groups(service, balancer)) > 1 for balancer in service.get("loadBalancers") or [])
    placed[deployment["id"]] = has_two and serving is not None and not placed.get(serving["id"], False)
    service[_IN_ALTERNATE] = placed


def is_placed(service: Record, deployment: Record) -> bool:
    """Return whether a deployment has its target group."""
    return deployment["id"] in service.get(_IN_ALTERNATE, {})


def group_of(service: Mapping[str, Any], deployment: str, balancer: Mapping[str, Any]) -> str:
    """Return the target group that a deployment's tasks are in, of one of the service's load balancers."""
    groups = _groups(service, balancer)
    return groups[-1] if service.get(_IN_ALTERNATE, {}).get(deployment) else groups[0]


def _advanced(service: Mapping[str, Any], balancer: Mapping[str, Any]) -> Mapping[str, Any]:
    own: Mapping[str, Any] = balancer.get("advancedConfiguration") or {}
    return own or (service.get(WANTED) or {}).get("balancing") or {}


def _groups(service: Mapping[str, Any], balancer: Mapping[str, Any]) -> list[str]:
    alternate = _advanced(service, balancer).get("alternateTargetGroupArn")
    return [str(balancer.get("targetGroupArn") or ""), *([str(alternate)] if alternate else [])]


def _publish(cluster_name: str, service: Record) -> None:
    """Register the running tasks, and withdraw what was registered before; others' targets stay."""
    del cluster_name
    ledger: dict[str, list[str]] = service.setdefault(_PUBLISHED, {})
    balancers = service.get("loadBalancers") or []
    groups = dict.fromkeys([*(group for balancer in balancers for group in _groups(service, balancer)), *ledger])
    for group in filter(None, groups):
        with resource_lock("elbv2-targets", group):
            targets = list(_targets(service, group))
            alb.set_targets_for_group(group, targets, ledger.get(group, ()))
            ledger[group] = [address for address, _port in targets]


def _targets(service: Record, group: str) -> Iterator[tuple[str, int]]:
    if service.get("status") != "ACTIVE":
        return
    for task in list(ecs._tasks.values()):
        if (
            task.get("group") != f"service:{service['serviceName']}"
            or task.get("clusterArn") != service["clusterArn"]
            or task.get("lastStatus") != "RUNNING"
        ):
            continue
        address = ecs._task_ip(task)
        for balancer in service.get("loadBalancers") or []:
            if address and group_of(service, str(task.get("_deployment_id")), balancer) == group:
                yield address, balancer.get("containerPort", 80)
