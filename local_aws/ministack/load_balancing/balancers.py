"""Load balancers within MiniStack: their names, and how a request gets through one."""

from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import responses
from ministack.services import alb
from ministack.services.cloudformation import provisioners

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.cloudformation.stacks import Made, Properties
from local_aws.ministack.load_balancing.counting import Counting, balancer_of_request

_TYPE = "AWS::ElasticLoadBalancingV2::LoadBalancer"

Scope = MutableMapping[str, Any]


def names() -> dict[str, str]:
    """Return the DNS name of each load balancer of all accounts and regions, by ARN."""
    return {record["LoadBalancerArn"]: record["DNSName"] for record in list(alb._lbs._data.values())}


def rename(arn: str, name: str) -> None:
    """Give a load balancer another DNS name."""
    for record in list(alb._lbs._data.values()):
        if record["LoadBalancerArn"] == arn:
            record["DNSName"] = name


def name_in_stacks(enter: Callable[[str], str], leave: Callable[[str], None]) -> None:
    """Have ``enter(arn)`` name each load balancer that a stack makes; ``leave(arn)`` hears of its end."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        arn, attributes = handlers["create"](logical_id, properties, stack_name)
        name = enter(arn)
        rename(arn, name)
        return arn, {**attributes, "DNSName": name}

    def delete(arn: str, properties: Properties) -> None:
        handlers["delete"](arn, properties)
        leave(arn)

    provisioners._RESOURCE_HANDLERS[_TYPE] = {**handlers, "create": create, "delete": delete}


def host_patterns(arn: str) -> list[str]:
    """Return the hosts, with ``*`` and ``?`` as wildcards, that rules of a load balancer's listeners name."""
    listeners = {one["ListenerArn"] for one in list(alb._listeners._data.values()) if one["LoadBalancerArn"] == arn}
    return [
        str(pattern)
        for rule in list(alb._rules._data.values())
        if rule.get("ListenerArn") in listeners
        for condition in rule.get("Conditions", [])
        if condition.get("Field") == "host-header"
        for pattern in condition.get("Values") or (condition.get("HostHeaderConfig") or {}).get("Values", [])
    ]


async def pass_through(
    arn: str,
    scope: Scope,
    body: bytes,
    receive: Any,  # noqa: ANN401 - ASGI's
    send: Any,  # noqa: ANN401 - the same
    counting: Counting,
) -> None:
    """Answer an HTTP request, whose body was read, as the load balancer of that ARN does."""
    _partition, _service, region, account_id = arn.split(":")[1:5]
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        headers[key] = f"{headers[key]}, {value.decode('latin-1')}" if key in headers else value.decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    with acting_in(account_id, region):
        responses.set_request_client_ip((scope.get("client") or ("127.0.0.1",))[0])
        balancer_of_request.set(arn)
        balancer = next((each for each in alb._lbs.values() if each["LoadBalancerArn"] == arn), None)
        answer = await alb.dispatch_request(
            balancer,
            scope["method"],
            scope["path"],
            headers,
            body,
            parse_qs(query, keep_blank_values=True),
            80,
            raw_query_string=query,
            raw_path=scope["raw_path"].decode("ascii") if scope.get("raw_path") else None,
        )
        if not isinstance(answer[2], responses.StreamingResponse):
            counting.of_balancer(answer[0])
        await app._send_if_handled(send, answer, receive, head=scope["method"] == "HEAD")
