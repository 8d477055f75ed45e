"""How stacks hang together: exports and importers, protection, failed creations, tags, drift, kept properties."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.local_aws_fixture import LocalAws
from tests.support.roles import allow, role

DEPLOYER = "arn:aws:iam::000000000000:user/deployer"
TOPIC = {"Type": "AWS::SNS::Topic"}


def _create(aws: LocalAws, stack: str, template: dict[str, Any], **more: Any) -> Any:
    aws.make_stack(stack, json.dumps(template), **more)
    return aws.client("cloudformation")


def _exporting(name: str) -> dict[str, Any]:
    return {"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": {"Ref": "A"}, "Export": {"Name": name}}}}


def _importing(name: str) -> dict[str, Any]:
    parameter = {"Type": "String", "Value": {"Fn::ImportValue": name}}
    return {"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": parameter}}}


def test_a_stack_whose_export_is_imported_is_not_deleted(local_aws: LocalAws) -> None:
    client = _create(local_aws, "exporter", _exporting("exporter:O"))
    _create(local_aws, "importer", _importing("exporter:O"))
    client.delete_stack(StackName="exporter")
    [told, *_] = client.describe_stack_events(StackName="exporter")["StackEvents"]
    assert (told["LogicalResourceId"], told["ResourceStatus"]) == ("exporter", "CREATE_COMPLETE")
    assert told["ResourceStatusReason"] == (
        "Delete canceled. Cannot delete export exporter:O as it is in use by importer."
    )
    assert client.list_imports(ExportName="exporter:O")["Imports"] == ["importer"]
    client.delete_stack(StackName="importer")
    client.get_waiter("stack_delete_complete").wait(StackName="importer", WaiterConfig={"Delay": 1})
    client.delete_stack(StackName="exporter")
    client.get_waiter("stack_delete_complete").wait(StackName="exporter", WaiterConfig={"Delay": 1})


def test_an_import_of_no_export_fails(local_aws: LocalAws) -> None:
    with pytest.raises(WaiterError):
        _create(local_aws, "import-of-nothing", _importing("nobody:exports"))
    events = local_aws.client("cloudformation").describe_stack_events(StackName="import-of-nothing")["StackEvents"]
    assert any("nobody:exports" in event.get("ResourceStatusReason", "") for event in events)


def test_termination_protection_holds(local_aws: LocalAws) -> None:
    client = _create(local_aws, "protected", {"Resources": {"A": TOPIC}}, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        client.delete_stack(StackName="protected")
    client.update_termination_protection(StackName="protected", EnableTerminationProtection=False)
    client.delete_stack(StackName="protected")


def test_a_failed_creation_must_be_deleted_first(local_aws: LocalAws) -> None:
    with pytest.raises(WaiterError):
        _create(local_aws, "failed-creation", _importing("nobody:exports-this"))
    client, body = local_aws.client("cloudformation"), json.dumps({"Resources": {"A": TOPIC}})
    with pytest.raises(ClientError) as refused:
        client.create_stack(StackName="failed-creation", TemplateBody=body)
    assert refused.value.response["Error"]["Code"] == "AlreadyExistsException"
    for kind, sentence in (("UPDATE", "is in ROLLBACK_COMPLETE state and can not be updated"), ("CREATE", "exists")):
        with pytest.raises(ClientError, match=sentence):
            client.create_change_set(
                StackName="failed-creation", ChangeSetName="one", ChangeSetType=kind, TemplateBody=body
            )
    client.delete_stack(StackName="failed-creation")
    client.get_waiter("stack_delete_complete").wait(StackName="failed-creation", WaiterConfig={"Delay": 1})
    _create(local_aws, "failed-creation", {"Resources": {"A": TOPIC}})


def test_stack_tags_reach_our_own_types(local_aws: LocalAws) -> None:
    properties = {"ConnectionName": "tagged", "ProviderType": "GitHub"}
    template = {"Resources": {"C": {"Type": "AWS::CodeConnections::Connection", "Properties": properties}}}
    client = _create(local_aws, "tagged", template, Tags=[{"Key": "application", "Value": "cruddur"}])
    arn = client.describe_stack_resource(StackName="tagged", LogicalResourceId="C")["StackResourceDetail"]
    tags = local_aws.client("codeconnections").list_tags_for_resource(ResourceArn=arn["PhysicalResourceId"])["Tags"]
    assert {"Key": "application", "Value": "cruddur"} in tags
    assert {"Key": "aws:cloudformation:stack-name", "Value": "tagged"} in tags


def test_bucket_and_repository_keep_every_property(local_aws: LocalAws) -> None:
    encryption = [{"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
    lifecycle = [{"Id": "Expire", "Status": "Enabled", "ExpirationInDays": 9}]
    exclusion = {
        "ImageTagMutabilityExclusionFilterType": "WILDCARD",
        "ImageTagMutabilityExclusionFilterValue": "cache*",
    }
    template = {
        "Resources": {
            "B": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": "keeps-every-property",
                    "BucketEncryption": {"ServerSideEncryptionConfiguration": encryption},
                    "LifecycleConfiguration": {"Rules": lifecycle},
                },
            },
            "R": {
                "Type": "AWS::ECR::Repository",
                "Properties": {
                    "RepositoryName": "keeps-every-property",
                    "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                    "ImageTagMutabilityExclusionFilters": [exclusion],
                },
            },
            "Reader": role("reader-of-buckets", allow("s3:Get*")),
        }
    }
    _create(local_aws, "kept-properties", template)
    found = local_aws.client("ecr").describe_repositories(repositoryNames=["keeps-every-property"])["repositories"][0]
    assert found["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert found["imageTagMutabilityExclusionFilters"] == [{"filterType": "WILDCARD", "filter": "cache*"}]
    s3 = local_aws.client("s3", local_aws.session("arn:aws:iam::000000000000:role/reader-of-buckets"))
    rules = s3.get_bucket_encryption(Bucket="keeps-every-property")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    kept = s3.get_bucket_lifecycle_configuration(Bucket="keeps-every-property")["Rules"][0]
    assert (kept["ID"], kept["Expiration"]["Days"]) == ("Expire", 9)


def test_drift_of_our_own_types_is_seen(local_aws: LocalAws) -> None:
    project = {
        "Name": "drifts",
        "ServiceRole": "arn:aws:iam::000000000000:role/x",
        "Source": {"Type": "CODEPIPELINE"},
        "Artifacts": {"Type": "CODEPIPELINE"},
        "Environment": {"Type": "LINUX_CONTAINER", "Image": "image", "ComputeType": "BUILD_GENERAL1_SMALL"},
        "TimeoutInMinutes": 15,
    }
    resources = {
        "P": {"Type": "AWS::CodeBuild::Project", "Properties": project},
        "R": role("drifter", allow("codebuild:UpdateProject")),
    }
    client = _create(local_aws, "drifting", {"Resources": resources})

    def drift() -> dict[str, Any]:
        found = client.detect_stack_resource_drift(StackName="drifting", LogicalResourceId="P")["StackResourceDrift"]
        return dict(found)

    assert drift()["StackResourceDriftStatus"] == "IN_SYNC"
    key = local_aws.session("arn:aws:iam::000000000000:role/drifter")
    local_aws.client("codebuild", key).update_project(name="drifts", timeoutInMinutes=30)
    assert drift()["StackResourceDriftStatus"] == "MODIFIED"
    assert drift()["PropertyDifferences"][0]["PropertyPath"] == "/TimeoutInMinutes"
