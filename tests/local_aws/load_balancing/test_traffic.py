"""Requests through a load balancer: split by weights, counted, and alarms that follow from the counts."""

import http.server
import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws
from tests.support.waiting import until

pytestmark = pytest.mark.slow

GROUPS = ("Blue", "Green")


class _Answering(http.server.BaseHTTPRequestHandler):
    """Answers with its server's name and status."""

    def do_GET(self) -> None:  # the name that http.server calls
        content = self.server.name.encode()  # type: ignore[attr-defined] # set below
        self.send_response(self.server.status)  # type: ignore[attr-defined] # the same
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Stay silent."""


@dataclass
class Traffic:
    """A load balancer with a rule to two target groups, each of one target that says its group's name."""

    stack: StackDriver
    servers: dict[str, Any]

    def __post_init__(self) -> None:
        self.aws = self.stack.aws
        self.outputs = self.stack.outputs()
        self.balancing = administrator(self.aws, "elbv2")

    def ask(self, times: int) -> Counter[tuple[int, str]]:
        found: Counter[tuple[int, str]] = Counter()
        for _ in range(times):
            try:
                with urllib.request.urlopen(f"http://{self.outputs['Name']}/x", timeout=10) as answer:
                    found[answer.status, answer.read().decode()] += 1
            except urllib.error.HTTPError as error:
                found[error.code, error.read().decode()] += 1
        return found

    def shift(self, **weights: int) -> Any:
        groups = [{"TargetGroupArn": self.outputs[name], "Weight": weight} for name, weight in weights.items()]
        actions = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
        return self.balancing.modify_rule(RuleArn=self.outputs["Rule"], Actions=actions)["Rules"][0]["Actions"][0]


def template(**weights: int) -> dict[str, Any]:
    group = {"TargetType": "ip", "Port": 80, "Protocol": "HTTP", "VpcId": {"Ref": "Vpc"}}
    forward = [{"TargetGroupArn": {"Ref": name}, "Weight": weight} for name, weight in weights.items()]
    balancing = "AWS::ElasticLoadBalancingV2"
    resources: dict[str, Any] = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        **{
            f"Subnet{number}": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.0.{number}.0/24"},
            }
            for number in (1, 2)
        },
        "Balancer": {
            "Type": f"{balancing}::LoadBalancer",
            "Properties": {"Subnets": [{"Ref": "Subnet1"}, {"Ref": "Subnet2"}]},
        },
        **{name: {"Type": f"{balancing}::TargetGroup", "Properties": group} for name in GROUPS},
        "Listener": {
            "Type": f"{balancing}::Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            },
        },
        "Rule": {
            "Type": f"{balancing}::ListenerRule",
            "Properties": {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 1,
                "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/x"]}}],
                "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": forward}}],
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "Namespace": "AWS/ApplicationELB",
                "MetricName": "HTTPCode_Target_5XX_Count",
                "Dimensions": [
                    {"Name": "LoadBalancer", "Value": {"Fn::GetAtt": "Balancer.LoadBalancerFullName"}},
                    {"Name": "TargetGroup", "Value": {"Fn::GetAtt": "Green.TargetGroupFullName"}},
                ],
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 3,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
            },
        },
    }
    shown = {"Name": {"Fn::GetAtt": "Balancer.DNSName"}, **{name: {"Ref": name} for name in (*GROUPS, "Rule", "Alarm")}}
    return {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in shown.items()}}


@pytest.fixture
def traffic(local_aws: LocalAws) -> Iterator[Traffic]:
    stack = StackDriver(local_aws)
    assert stack.create(template(Blue=100, Green=0)) == "CREATE_COMPLETE"
    with ExitStack() as ends:
        servers = {}
        for name in GROUPS:
            servers[name] = ends.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answering))
            servers[name].name, servers[name].status = name, 200  # type: ignore[attr-defined] # for the handler
            threading.Thread(target=servers[name].serve_forever, daemon=True).start()
            ends.callback(servers[name].shutdown)
        made = Traffic(stack, servers)
        for name, server in servers.items():
            target = {"Id": "127.0.0.1", "Port": server.server_address[1]}
            made.balancing.register_targets(TargetGroupArn=made.outputs[name], Targets=[target])
        yield made
        stack.delete()


def test_requests_are_split_by_the_weights_of_a_rule(traffic: Traffic) -> None:
    assert traffic.ask(20) == {(200, "Blue"): 20}
    shown = traffic.balancing.describe_rules(RuleArns=[traffic.outputs["Rule"]])["Rules"][0]["Actions"][0]
    assert "TargetGroupArn" not in shown
    assert [group["Weight"] for group in shown["ForwardConfig"]["TargetGroups"]] == [100, 0]

    assert traffic.shift(Blue=50, Green=50)["ForwardConfig"]["TargetGroups"][1]["Weight"] == 50
    found = traffic.ask(100)
    assert found.total() == 100
    assert min(found[200, name] for name in GROUPS) >= 20

    traffic.shift(Blue=0, Green=7)
    assert traffic.ask(20) == {(200, "Green"): 20}
    traffic.shift(Blue=0, Green=0)
    assert traffic.ask(2) == {(503, ""): 2}


def test_one_group_is_shown_in_both_forms(traffic: Traffic) -> None:
    shown = traffic.shift(Green=1)
    assert shown["TargetGroupArn"] == traffic.outputs["Green"]
    assert shown["ForwardConfig"]["TargetGroups"] == [{"TargetGroupArn": traffic.outputs["Green"], "Weight": 1}]
    assert traffic.ask(3) == {(200, "Green"): 3}


def test_an_update_of_the_rule_writes_the_templates_weights(traffic: Traffic) -> None:
    traffic.shift(Blue=0, Green=100)
    assert traffic.stack.update(template(Blue=1, Green=0)) == "UPDATE_COMPLETE"
    assert traffic.ask(10) == {(200, "Blue"): 10}


@pytest.mark.parametrize("weight", [-1, 1000])
def test_a_weight_that_aws_does_not_allow_fails_the_stack(local_aws: LocalAws, weight: int) -> None:
    stack = StackDriver(local_aws)
    assert stack.create(template(Blue=weight, Green=1)) == "ROLLBACK_COMPLETE"


def test_failing_answers_set_the_alarm_of_their_group_off_and_others_end_it(traffic: Traffic) -> None:
    watching = traffic.aws.client("cloudwatch")

    def state() -> str:
        found: str = watching.describe_alarms(AlarmNames=[traffic.outputs["Alarm"]])["MetricAlarms"][0]["StateValue"]
        return found

    traffic.servers["Blue"].status = traffic.servers["Green"].status = 500
    traffic.ask(5)
    until(lambda: sum(_sums(watching, traffic, "Blue")) == 5, "Blue's failing answers are counted")
    assert state() != "ALARM"
    assert _slowest(watching, traffic) > 0
    traffic.shift(Green=1)
    traffic.ask(8)
    until(lambda: state() == "ALARM", "the alarm of Green is set off")
    traffic.servers["Green"].status = 200
    traffic.ask(1)
    until(lambda: state() == "OK", "the alarm ends", seconds=60)


def test_targets_are_counted_group_by_group(traffic: Traffic) -> None:
    watching = traffic.aws.client("cloudwatch")

    def counts() -> list[list[float]]:
        wanted = {"Statistics": ["Minimum", "Maximum"]}
        points = [_points(watching, traffic, group, "HealthyHostCount", **wanted) for group in GROUPS]
        return [[point["Minimum"], point["Maximum"]] for each in points for point in each]

    until(lambda: counts() in ([[1, 1]] * 2, [[0, 1]] * 2), "each group has a target", seconds=15)
    target = {"Id": "127.0.0.1", "Port": traffic.servers["Green"].server_address[1]}
    traffic.balancing.deregister_targets(TargetGroupArn=traffic.outputs["Green"], Targets=[target])
    until(lambda: counts()[1][0] == 0, "that of Green is gone", seconds=15)


def _sums(watching: Any, traffic: Traffic, group: str) -> list[float]:
    points = _points(watching, traffic, group, "HTTPCode_Target_5XX_Count", Statistics=["Sum"])
    return [point["Sum"] for point in points]


def _slowest(watching: Any, traffic: Traffic) -> float:
    """Return how many seconds the slowest of a hundred answers of Blue took."""
    [point] = _points(watching, traffic, "Blue", "TargetResponseTime", ExtendedStatistics=["p99"])
    return float(point["ExtendedStatistics"]["p99"])


def _points(watching: Any, traffic: Traffic, group: str, metric: str, **wanted: Any) -> list[Any]:
    name = traffic.outputs[group].partition(":targetgroup/")[2]
    metrics = watching.list_metrics(Namespace="AWS/ApplicationELB", MetricName=metric)["Metrics"]
    named = (one["Dimensions"] for one in metrics if any(name in each["Value"] for each in one["Dimensions"]))
    dimensions: Any = next(named, [])
    found: list[Any] = watching.get_metric_statistics(
        Namespace="AWS/ApplicationELB",
        MetricName=metric,
        Dimensions=dimensions,
        StartTime=0,
        EndTime=4_000_000_000,
        Period=86400,
        **wanted,
    )["Datapoints"]
    return found


def test_a_client_of_its_own_sets_an_alarm_off(local_aws: LocalAws) -> None:
    alarm = {
        "AlarmName": "of-a-client",
        "Namespace": "Own",
        "MetricName": "Depth",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    watching = administrator(local_aws, "cloudwatch")
    watching.put_metric_alarm(**alarm)
    watching.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "Depth", "Value": 6}])
    [found] = watching.describe_alarms(AlarmNames=["of-a-client"])["MetricAlarms"]
    assert found["StateValue"] == "ALARM"
    assert json.loads(json.dumps(found["StateReason"])).startswith("Threshold Crossed: 1 of 1 periods [6]")
