"""What is attacked: a local AWS with a role, a bucket with a CORS rule, repositories, and a load balancer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local_aws.attacks.attacker import ACCOUNT, session
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.roles import allow, role

BUCKET = "attacked-files"
RULE = {"AllowedOrigins": ["https://ours.example"], "AllowedMethods": ["GET", "PUT"], "AllowedHeaders": ["*"]}


def _role(name: str, actions: list[str], resource: str = "*", *more: str) -> dict[str, Any]:
    return role(name, allow(actions, resource), *(allow([action]) for action in more))


def _subnet(number: int) -> dict[str, Any]:
    zone = {"Fn::Select": [number, {"Fn::GetAZs": ""}]}
    properties = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.9.{number}.0/24", "AvailabilityZone": zone}
    return {"Type": "AWS::EC2::Subnet", "Properties": properties}


def _template() -> str:
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "balanced"}}]
    host = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["shop.example", "*.shop.example"]}}]
    ours = f"arn:aws:ecr:ca-central-1:{ACCOUNT}:repository/ours"
    resources = {
        "Owner": _role("owner", ["s3:*", "ssm:*", "ecr:*", "ecs:*", "iam:PassRole"]),
        "Pusher": _role("pusher", ["ecr:*"], ours, "ecr:GetAuthorizationToken"),
        "Task": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "task",
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                        }
                    ]
                },
                "Policies": [
                    {
                        "PolicyName": "write",
                        "PolicyDocument": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "s3:PutObject",
                                    "Resource": f"arn:aws:s3:::{BUCKET}/from-task/*",
                                }
                            ]
                        },
                    }
                ],
            },
        },
        "Nobody": _role("nobody", ["sns:Publish"]),
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}},
        "Closed": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"{BUCKET}-closed"}},
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "attacked"}},
        "Ours": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "ours"}},
        "Theirs": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "theirs"}},
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
        "A": _subnet(0),
        "B": _subnet(1),
        "Balancer": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"Name": "attacked", "Subnets": [{"Ref": "A"}, {"Ref": "B"}]},
        },
        "Listener": {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": fixed,
            },
        },
        "Rule": {
            "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "Properties": {"ListenerArn": {"Ref": "Listener"}, "Priority": 1, "Conditions": host, "Actions": fixed},
        },
    }
    outputs = {"Balancer": {"Value": {"Fn::GetAtt": ["Balancer", "DNSName"]}}}
    return json.dumps({"Resources": resources, "Outputs": outputs})


@dataclass(frozen=True)
class Target:
    """The local AWS, the port of its load balancer, and keys of sessions of its roles."""

    aws: LocalAws
    balancer_port: int
    owner: tuple[str, str, str]
    pusher: tuple[str, str, str]
    nobody: tuple[str, str, str]

    @property
    def port(self) -> int:
        return self.aws.port

    @property
    def ports(self) -> tuple[int, int]:
        return self.aws.port, self.balancer_port


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with local_aws_in(tmp_path_factory.mktemp("attacked") / "state") as aws:
        name = aws.make_stack("attacked", _template())["Balancer"]
        keys = {role: session(aws, role) for role in ("owner", "pusher", "nobody")}
        s3 = aws.client("s3", keys["owner"])
        s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [RULE]})
        s3.put_object(Bucket=BUCKET, Key="page", Body=b"of ours")
        yield Target(aws, int(name.rpartition(":")[2]), **keys)
