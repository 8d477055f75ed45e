"""What AWS calls a resource: its name, which ``Ref`` gives, and its ARN.

Formats of ARNs: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from typing import Protocol

from contracts.system import Resource, Stack

HERE = "${AWS::Region}:${AWS::AccountId}"


class Texts(Protocol):
    """What resolves values."""

    def text(self, value: object, stack: Stack) -> str | None:
        """Give the text of a value."""


_NAMES = {
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodePipeline::Pipeline": "Name",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SSM::Parameter": "Name",
}
"""The property that names a resource of each type."""

_ARNS = {
    "AWS::CodeBuild::Project": f"codebuild:{HERE}:project/NAME",
    "AWS::CodeConnections::Connection": f"codeconnections:{HERE}:connection/NAME",
    "AWS::CodeStarConnections::Connection": f"codestar-connections:{HERE}:connection/NAME",
    "AWS::CodePipeline::Pipeline": f"codepipeline:{HERE}:NAME",
    "AWS::ECR::Repository": f"ecr:{HERE}:repository/NAME",
    "AWS::ECS::Cluster": f"ecs:{HERE}:cluster/NAME",
    "AWS::IAM::Role": "iam::${AWS::AccountId}:role/NAME",
    "AWS::KMS::Key": f"kms:{HERE}:key/NAME",
    "AWS::Logs::LogGroup": f"logs:{HERE}:log-group:NAME:*",
    "AWS::S3::Bucket": "s3:::NAME",
    "AWS::SNS::Topic": f"sns:{HERE}:NAME",
    "AWS::SSM::Parameter": f"ssm:{HERE}:parameter/NAME",
}
"""The ARN, after the partition, with NAME for the name."""

_ARN_ATTRIBUTES = {"Arn", "ConnectionArn", "TopicArn"}
_REF_IS_ARN = {
    "AWS::CodeConnections::Connection",
    "AWS::CodeStarConnections::Connection",
    "AWS::ECS::TaskDefinition",
    "AWS::SNS::Topic",
}


def plain_name(resource: Resource, texts: Texts) -> str:
    """Give the name; where AWS makes one up, ``${STACK.LOGICAL_ID}``."""
    given = texts.text(resource.properties.get(_NAMES.get(resource.type, "")), resource.stack)
    return given or f"${{{resource.stack.name}.{resource.logical_id}}}"


def name_of(resource: Resource, texts: Texts) -> str:
    """Give what ``Ref`` gives."""
    if resource.type in _REF_IS_ARN:
        return arn_of(resource, "Arn", texts) or plain_name(resource, texts)
    return plain_name(resource, texts)


def arn_of(resource: Resource, attribute: str, texts: Texts) -> str | None:
    """Give the value of an attribute that is the ARN, or is made of the name; None for any other."""
    name = plain_name(resource, texts)
    if resource.type == "AWS::ECR::Repository" and attribute == "RepositoryUri":
        return f"{registry()}/{name}"
    form = _ARNS.get(resource.type)
    if attribute not in _ARN_ATTRIBUTES or form is None:
        return None
    name = name.removeprefix("/") if "parameter/" in form else name
    return "arn:${AWS::Partition}:" + form.replace("NAME", name)


def registry() -> str:
    """Give the host of the account's registry, where images are pushed to.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
    """
    return "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
