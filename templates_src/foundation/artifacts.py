"""The artifacts of pipelines: where they lie in the bucket that all share, and the key of the system.

A statement about objects names one of these places: a role reaches no other pipeline's artifacts.

The key needs nothing first, and outlives its stack, as what it encrypts does.
Look at who may use it besides those whom IAM lets: four services, each for what it carries alone.
"""

from awacs import kms as kms_actions
from awacs.aws import Action, ArnLike, PolicyDocument, Statement, StringEquals
from troposphere import AWSHelperFn, Join, Ref, Sub, kms

from aws_facts.codepipeline import folder_of_artifact, folder_of_pipeline
from settings.project import Project
from settings.service import Service
from templates_src.permissions import EVERY_RESOURCE
from templates_src.retention import RETAINED
from templates_src.trust_policy import allow_account, allow_service

SOURCE_ARTIFACT = "SourceArtifact"
SECURITY_ARTIFACT = "securityReports"
IMAGE_ARTIFACT = "imageDefinition"
SBOM_ARTIFACT = "imageSbom"
DEPLOYMENT_ARTIFACT = "deploymentFiles"
ATTESTATIONS = "attestations"
"""No artifact of the pipeline's: the bake's attestations, by the digest of their image, in a folder beside those."""


def every_artifact(service: Service, bucket_arn: AWSHelperFn) -> Join:
    """Name every artifact of the service's pipeline."""
    return _below(bucket_arn, folder_of_pipeline(service.delivered.pipeline))


def one_artifact(service: Service, artifact: str, bucket_arn: AWSHelperFn) -> Join:
    """Name what the executions of the service's pipeline make of one ``artifact``."""
    return _below(bucket_arn, folder_of_artifact(service.delivered.pipeline, artifact))


def _below(bucket_arn: AWSHelperFn, folder: str) -> Join:
    return Join("/", [bucket_arn, folder, "*"])


_ENCRYPTION = (kms_actions.Decrypt, Action("kms", "GenerateDataKey*"))


def artifact_key(topic_name: str) -> kms.Key:
    """Make the key, which the topic of that name is encrypted with."""
    return kms.Key(
        "ArtifactKey",
        Description="Encrypts pipeline artifacts, announcements and logs",
        EnableKeyRotation=True,
        PendingWindowInDays=30,
        KeyPolicy=PolicyDocument(
            Version="2012-10-17",
            Statement=[
                allow_account("AccountDecidesByIam", [Action("kms", "*")]),
                _announce_with_key("codestar-notifications"),
                _announce_with_key("cloudwatch"),
                _announce_events_with_key(topic_name),
                _write_logs_with_key(),
            ],
        ),
        **RETAINED,
    )


def alias(project: Project, key: kms.Key) -> kms.Alias:
    """Make its name."""
    return kms.Alias("ArtifactKeyAlias", AliasName=f"alias/{project.application}-artifacts", TargetKeyId=Ref(key))


def _announce_with_key(service: str) -> Statement:
    # The topic is encrypted: a service that publishes to it encrypts through SNS. "*" is the key itself.
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    limits = {"aws:SourceAccount": Ref("AWS::AccountId"), "kms:ViaService": Sub("sns.${AWS::Region}.${AWS::URLSuffix}")}
    sid = f"AnnouncementsFrom{service.title().replace('-', '')}"
    return allow_service(sid, f"{service}.amazonaws.com", _ENCRYPTION, EVERY_RESOURCE, StringEquals(limits))


def _announce_events_with_key(topic_name: str) -> Statement:
    # EventBridge does not say for which account it publishes to an encrypted topic: the topic is what limits it.
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    topic = Sub(f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{topic_name}")
    limit = StringEquals("kms:EncryptionContext:aws:sns:topicArn", topic)
    return allow_service("AnnouncementsFromEvents", "events.amazonaws.com", _ENCRYPTION, EVERY_RESOURCE, limit)


def _write_logs_with_key() -> Statement:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    groups = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*")
    verbs = ("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "Describe")
    actions = [Action("kms", f"{verb}*") for verb in verbs]
    limit = ArnLike("kms:EncryptionContext:aws:logs:arn", groups)
    return allow_service("LogsUnderKey", Sub("logs.${AWS::Region}.amazonaws.com"), actions, EVERY_RESOURCE, limit)
