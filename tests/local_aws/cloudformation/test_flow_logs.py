"""AWS::EC2::FlowLog: made, replaced when what it logs changes, tagged anew without that, and gone with its stack."""

from typing import Any

import pytest

from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws

pytestmark = pytest.mark.slow


def template(traffic: str, owner: str) -> dict[str, Any]:
    log = {
        "ResourceId": {"Ref": "Vpc"},
        "ResourceType": "VPC",
        "TrafficType": traffic,
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::logs/network/",
        "Tags": [{"Key": "owner", "Value": owner}],
    }
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Log": {"Type": "AWS::EC2::FlowLog", "Properties": log},
    }
    return {
        "Resources": resources,
        "Outputs": {"Log": {"Value": {"Ref": "Log"}}, "Id": {"Value": {"Fn::GetAtt": "Log.Id"}}},
    }


def test_a_flow_log_of_a_stack(local_aws: LocalAws) -> None:
    stack, ec2 = StackDriver(local_aws), administrator(local_aws, "ec2")
    assert stack.create(template("ALL", "one")) == "CREATE_COMPLETE", stack.reasons()
    first = stack.outputs()["Log"]
    assert stack.outputs()["Id"] == first
    (found,) = ec2.describe_flow_logs(FlowLogIds=[first])["FlowLogs"]
    assert (found["TrafficType"], found["LogDestination"]) == ("ALL", "arn:aws:s3:::logs/network/")
    assert {"Key": "owner", "Value": "one"} in found["Tags"]

    assert stack.update(template("ALL", "two")) == "UPDATE_COMPLETE", stack.reasons()
    assert stack.outputs()["Log"] == first
    assert {"Key": "owner", "Value": "two"} in ec2.describe_flow_logs(FlowLogIds=[first])["FlowLogs"][0]["Tags"]

    assert stack.update(template("REJECT", "two")) == "UPDATE_COMPLETE", stack.reasons()
    second = stack.outputs()["Log"]
    assert second != first
    assert ec2.describe_flow_logs(FlowLogIds=[first])["FlowLogs"] == []
    assert stack.delete() == "DELETE_COMPLETE"
    assert ec2.describe_flow_logs(FlowLogIds=[second])["FlowLogs"] == []
