"""What services refuse to stacks: names that are taken, buckets and repositories that are not empty."""

import json
from typing import Any

import pytest

from tests.local_aws.cloudformation.stack_driver import StackDriver, actions
from tests.local_aws_fixture import LocalAws
from tests.support.roles import allow, role

DEPLOYER = "arn:aws:iam::000000000000:user/deployer"
IAM = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": DEPLOYER}, "Action": "sts:AssumeRole"}]}
TOPIC = {"Type": "AWS::SNS::Topic"}
MANIFEST = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}


@pytest.fixture
def stack(local_aws: LocalAws) -> StackDriver:
    return StackDriver(local_aws)


def _with(name: str, kind: str) -> dict[str, Any]:
    """Return a template with one retained resource of that kind and name, and the key that an alias needs."""
    statement = {"Action": "kms:*", "Effect": "Allow", "Principal": {"AWS": DEPLOYER}, "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
    properties: dict[str, dict[str, Any]] = {
        "AWS::Logs::LogGroup": {"LogGroupName": name},
        "AWS::ECR::Repository": {"RepositoryName": name},
        "AWS::SSM::Parameter": {"Name": name, "Type": "String", "Value": "mine"},
        "AWS::IAM::Role": {"RoleName": name, "AssumeRolePolicyDocument": TRUST},
        "AWS::KMS::Alias": {"AliasName": f"alias/{name}", "TargetKeyId": {"Ref": "Key"}},
        "AWS::ECS::Cluster": {"ClusterName": name},
        "AWS::CloudWatch::Alarm": {"AlarmName": name, "EvaluationPeriods": 1, "ComparisonOperator": "LessThanThreshold"}
        | {"MetricName": "m", "Namespace": "n", "Period": 60, "Statistic": "Sum", "Threshold": 1},
        "AWS::ElasticLoadBalancingV2::TargetGroup": {"Name": name, "TargetType": "lambda"},
        "AWS::Events::Rule": {"Name": name, "ScheduleExpression": "rate(1 day)"},
        "AWS::SNS::Topic": {"TopicName": name},
    }
    named = {"Type": kind, "DeletionPolicy": "Retain", "Properties": properties[kind]}
    return {"Resources": {"Named": named, **({"Key": key} if kind == "AWS::KMS::Alias" else {})}}


WORDING = {
    "AWS::Logs::LogGroup": "Resource of type 'AWS::Logs::LogGroup' with identifier "
    '\'{{"/properties/LogGroupName":"{name}"}}\' already exists.',
    "AWS::ECR::Repository": "The repository with name '{name}' already exists in the registry with id '000000000000'",
    "AWS::SSM::Parameter": "The parameter already exists. To overwrite this value, set the overwrite option",
    "AWS::IAM::Role": "Role with name {name} already exists.",
    "AWS::KMS::Alias": "An alias with the name arn:aws:kms:ca-central-1:000000000000:alias/{name} already exists",
}

IMPORTED = list(WORDING)
WORDING |= {
    kind: f"Resource of type '{kind}' with identifier '{{name}}' already exists."
    for kind in (
        "AWS::ECS::Cluster",
        "AWS::CloudWatch::Alarm",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::Events::Rule",
        "AWS::SNS::Topic",
    )
}


@pytest.mark.parametrize("kind", WORDING)
def test_a_name_that_is_taken_fails_the_creation_and_leaves_what_has_it(stack: StackDriver, kind: str) -> None:
    first = StackDriver(stack.aws)
    template = _with(first.name, kind)
    assert first.create(template, **IAM) == "CREATE_COMPLETE"

    assert stack.create(template, **IAM) == "ROLLBACK_COMPLETE"
    assert f"already exists in stack arn:aws:cloudformation:ca-central-1:000000000000:stack/{first.name}/" in (
        stack.reasons()
    )
    assert first.delete() == "DELETE_COMPLETE"

    again = StackDriver(stack.aws)
    assert again.create(template, **IAM) == "ROLLBACK_COMPLETE"
    assert WORDING[kind].format(name=first.name) in again.reasons()
    assert "HandlerErrorCode: AlreadyExists" in again.reasons()


@pytest.mark.parametrize("kind", IMPORTED)
def test_a_retained_resource_is_imported_by_the_next_stack(stack: StackDriver, kind: str) -> None:
    template = _with(stack.name, kind)
    stack.create(template, **IAM)
    stack.delete()

    next_one = StackDriver(stack.aws)
    change_set = next_one.change_set(template, "CREATE", ImportExistingResources=True, **IAM)

    assert actions(change_set)["Named"] == "Import"
    assert next_one.execute(change_set) == "CREATE_COMPLETE"
    assert "Named" in next_one.resources()


def test_an_update_can_not_take_a_name_either(stack: StackDriver) -> None:
    other = StackDriver(stack.aws)
    other.create(_with(other.name, "AWS::IAM::Role"), **IAM)
    stack.create(_with(stack.name, "AWS::IAM::Role"), **IAM)
    assert stack.update(_with(other.name, "AWS::IAM::Role"), **IAM) == "UPDATE_ROLLBACK_COMPLETE"
    assert f"{other.name} already exists in stack" in stack.reasons()


def test_a_retained_name_that_was_made_up_is_in_nobodys_way(stack: StackDriver) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"}
    stack.create({"Resources": {"Group": group}})
    stack.delete()
    assert StackDriver(stack.aws, stack.name).create({"Resources": {"Group": group}}) == "CREATE_COMPLETE"


def _bucket_and_writer(stack: StackDriver, **more: Any) -> dict[str, Any]:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": stack.name, **more}}
    return {"Resources": {"Files": bucket, "Topic": TOPIC}}


def _put(stack: StackDriver) -> Any:
    s3 = stack.aws.client("s3")
    s3.put_object(Bucket=stack.name, Key="templates/one", Body=b"1")
    return s3


def _owner_of(stack: StackDriver, service: str) -> Any:
    """Return a client of a service for somebody who may do all there, which the deployer may not."""
    name = f"{stack.name}-owner"
    StackDriver(stack.aws).create({"Resources": {"R": role(name, allow(f"{service}:*"))}}, **IAM)
    return stack.aws.client(service, stack.aws.session(f"arn:aws:iam::000000000000:role/{name}"))


def test_a_bucket_with_objects_is_not_deleted_with_its_stack(stack: StackDriver) -> None:
    stack.create(_bucket_and_writer(stack))
    _put(stack)

    assert stack.delete() == "DELETE_FAILED"
    assert stack.resources() == {"Files": "DELETE_FAILED"}
    assert "The bucket you tried to delete is not empty" in stack.reasons()
    owner = _owner_of(stack, "s3")
    assert owner.get_object(Bucket=stack.name, Key="templates/one")["Body"].read() == b"1"

    owner.delete_object(Bucket=stack.name, Key="templates/one")
    assert stack.delete() == "DELETE_COMPLETE"
    assert stack.name not in [bucket["Name"] for bucket in owner.list_buckets()["Buckets"]]


def test_older_versions_alone_keep_a_bucket(stack: StackDriver) -> None:
    stack.create(_bucket_and_writer(stack, VersioningConfiguration={"Status": "Enabled"}))
    _put(stack)
    owner = _owner_of(stack, "s3")
    owner.delete_object(Bucket=stack.name, Key="templates/one")
    assert stack.delete() == "DELETE_FAILED"
    assert "You must delete all versions in the bucket" in stack.reasons()


def test_a_repository_with_images_is_not_deleted_with_its_stack(stack: StackDriver) -> None:
    ecr = _owner_of(stack, "ecr")
    repository = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": stack.name}}
    stack.create({"Resources": {"Images": repository}})
    ecr.put_image(repositoryName=stack.name, imageManifest=json.dumps(MANIFEST), imageTag="one")

    assert stack.delete() == "DELETE_FAILED"
    assert stack.resources() == {"Images": "DELETE_FAILED"}
    assert f"The repository with name '{stack.name}' in registry with id '000000000000' cannot be deleted because" in (
        stack.reasons()
    )

    repository["Properties"] = {"RepositoryName": f"{stack.name}-2", "EmptyOnDelete": True}
    other = StackDriver(stack.aws)
    other.create({"Resources": {"Images": repository}})
    ecr.put_image(repositoryName=f"{stack.name}-2", imageManifest=json.dumps(MANIFEST), imageTag="one")
    assert other.delete() == "DELETE_COMPLETE"


# The network is there before the last resource fails.
NETWORK_THEN_FAILURE = {
    "Resources": {
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "DependsOn": "Network",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "3", "Count": 1},
        },
    }
}


def _occupy(stack: StackDriver) -> StackDriver:
    found = ""
    while not found:
        listed = stack.client.describe_stack_resources(StackName=stack.name)["StackResources"]
        found = next((one.get("PhysicalResourceId", "") for one in listed if one["LogicalResourceId"] == "Network"), "")
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": found, "CidrBlock": "10.9.1.0/24"}}
    occupant = StackDriver(stack.aws)
    assert occupant.create({"Resources": {"Subnet": subnet}}) == "CREATE_COMPLETE"
    return occupant


def test_what_a_failed_roll_back_left_stays_listed_until_it_is_gone(stack: StackDriver) -> None:
    stack.client.create_stack(StackName=stack.name, TemplateBody=json.dumps(NETWORK_THEN_FAILURE))
    occupant = _occupy(stack)
    assert stack.rest() == "ROLLBACK_FAILED"

    assert stack.resources() == {"Network": "DELETE_FAILED"}
    listed = stack.client.describe_stack_resources(StackName=stack.name)["StackResources"]
    assert "has dependencies and cannot be deleted" in listed[0]["ResourceStatusReason"]
    assert stack.delete() == "DELETE_FAILED"
    assert stack.resources() == {"Network": "DELETE_FAILED"}
    occupant.delete()
    assert stack.delete() == "DELETE_COMPLETE"


def test_a_wait_is_signalled_at_an_address_that_proxies_leave_alone(stack: StackDriver) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    stack.create({"Resources": {"Handle": handle}, "Outputs": {"Url": {"Value": {"Ref": "Handle"}}}})
    assert stack.outputs()["Url"].startswith(f"{stack.aws.endpoint_url}/")
