"""Makes what outlives every release: key, artifact bucket, GitHub connection, announcement topic.

Every pipeline stack imports its outputs; the runtime stack imports the topic.
It needs nothing first, but its connection waits until a person finishes it in the console, once.
Look at who may use the key, and at what is kept when the stack goes.
"""

from typing import Any

from awacs import s3 as s3_actions
from awacs import sns as sns_actions
from awacs.aws import Action, ArnLike, Bool, Condition, Deny, PolicyDocument, Principal, Statement, StringEquals
from troposphere import (
    AWSHelperFn,
    Equals,
    GetAtt,
    Join,
    Not,
    Output,
    Parameter,
    Ref,
    Sub,
    Template,
    codeconnections,
    kms,
    s3,
    sns,
)

from settings.project import Foundation, Project
from templates_src.foundation import artifacts, image_signing, log_delivery
from templates_src.names import exported
from templates_src.retention import RETAINED
from templates_src.template_assembly import Group, assemble
from templates_src.trust_policy import allow_service

HAS_NOTIFICATION_EMAIL = "HasNotificationEmail"


def stack_name(project: Project) -> str:
    """Return the name of this stack."""
    return f"{project.application}-foundation"


def topic_name(project: Project) -> str:
    """Name the topic that releases and alarms are announced on."""
    return f"{project.application}-releases"


def template(project: Project) -> Template:
    """Make the foundation's template."""
    email = _notification_email()
    key = artifacts.artifact_key(topic_name(project))
    log_bucket = _access_log_bucket(project.foundation)
    bucket = _artifact_bucket(project.foundation, key, log_bucket)
    connection = _connection(project)
    topic = _topic(project, key)
    deliveries = [_access_log_delivery(log_bucket, bucket), *log_delivery.statements(project.runtime, log_bucket)]
    log_policy = _bucket_policy("AccessLogBucketPolicy", log_bucket, deliveries)
    buckets = [log_bucket, log_policy, bucket, _bucket_policy("ArtifactBucketPolicy", bucket, [])]
    topics = [topic, _topic_policy(topic), _email_subscription(topic, email)]
    return assemble(
        description=f"{project.application}: artifact bucket and key, GitHub connection, announcements",
        application=project.application,
        groups=[Group("Announcements", {"Who is told of failed releases and of approvals asked for?": email})],
        conditions={HAS_NOTIFICATION_EMAIL: Not(Equals(Ref(email), ""))},
        resources=[
            *[key, artifacts.alias(project, key), *buckets, connection, *topics],
            *image_signing.resources(project.foundation),
        ],
        outputs=[
            *_outputs(stack_name(project), key, bucket, connection, topic),
            *log_delivery.outputs(project.runtime, stack_name(project), log_bucket),
            *image_signing.outputs(project.foundation, stack_name(project)),
        ],
    )


def _notification_email() -> Parameter:
    return Parameter(
        "NotificationEmail",
        Type="String",
        Default="",
        AllowedPattern=r"|[^@\s]+@[^@\s]+\.[^@\s]+",
        ConstraintDescription="must be an e-mail address, or empty",
        Description="E-mail address that receives the announcements; empty for none. AWS asks it to confirm first.",
    )


def _access_log_bucket(foundation: Foundation) -> s3.Bucket:
    # Log delivery can't write to a bucket that is encrypted with a key of the customer's.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    encryption = s3.ServerSideEncryptionRule(
        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    )
    expiring = _expiring("ExpireAccessLogs", foundation.access_log_retention_days)
    return _bucket("AccessLogBucket", encryption, expiring)


def _artifact_bucket(foundation: Foundation, key: kms.Key, log_bucket: s3.Bucket) -> s3.Bucket:
    encryption = s3.ServerSideEncryptionRule(
        BucketKeyEnabled=True,
        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(
            SSEAlgorithm="aws:kms", KMSMasterKeyID=GetAtt(key, "Arn")
        ),
    )
    expiring = _expiring("ExpireArtifacts", foundation.artifact_retention_days)
    logging = s3.LoggingConfiguration(DestinationBucketName=Ref(log_bucket), LogFilePrefix="artifacts/")
    return _bucket("ArtifactBucket", encryption, expiring, LoggingConfiguration=logging)


def _bucket(
    title: str,
    encryption: s3.ServerSideEncryptionRule,
    expiring: s3.LifecycleConfiguration,
    **more: Any,  # noqa: ANN401 - properties
) -> s3.Bucket:
    return s3.Bucket(
        title,
        BucketEncryption=s3.BucketEncryption(ServerSideEncryptionConfiguration=[encryption]),
        LifecycleConfiguration=expiring,
        **more,
        OwnershipControls=s3.OwnershipControls(Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        **RETAINED,
    )


def _expiring(rule: str, days: int) -> s3.LifecycleConfiguration:
    return s3.LifecycleConfiguration(
        Rules=[
            s3.LifecycleRule(
                Id=rule,
                Status="Enabled",
                ExpirationInDays=days,
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=days),
                AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
            )
        ]
    )


def _access_log_delivery(log_bucket: s3.Bucket, bucket: s3.Bucket) -> Statement:
    return allow_service(
        "DeliverAccessLogs",
        "logging.s3.amazonaws.com",
        [s3_actions.PutObject],
        [Join("/", [GetAtt(log_bucket, "Arn"), "*"])],
        ArnLike("aws:SourceArn", GetAtt(bucket, "Arn")),
        StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
    )


def _bucket_policy(title: str, bucket: s3.Bucket, statements: list[Statement]) -> s3.BucketPolicy:
    arn = GetAtt(bucket, "Arn")
    only_tls = _refuse_plain_http([arn, Join("/", [arn, "*"])], [Action("s3", "*")])
    document = PolicyDocument(Version="2012-10-17", Statement=[only_tls, *statements])
    return s3.BucketPolicy(title, Bucket=Ref(bucket), PolicyDocument=document)


def _refuse_plain_http(resources: list[AWSHelperFn], actions: list[Action]) -> Statement:
    return Statement(
        Sid="RefusePlainHttp",
        Effect=Deny,
        Principal=Principal("*"),
        Action=actions,
        Resource=resources,
        Condition=Condition(Bool("aws:SecureTransport", "false")),
    )


def _connection(project: Project) -> codeconnections.Connection:
    return codeconnections.Connection(
        "GitHubConnection", ConnectionName=project.repository.connection, ProviderType="GitHub"
    )


def _topic(project: Project, key: kms.Key) -> sns.Topic:
    return sns.Topic(
        "ReleaseTopic",
        TopicName=topic_name(project),
        DisplayName=f"{project.application} releases",
        KmsMasterKeyId=Ref(key),
    )


def _topic_policy(topic: sns.Topic) -> sns.TopicPolicy:
    announce = [
        allow_service(
            f"AnnouncementsFrom{service.title().replace('-', '')}",
            f"{service}.amazonaws.com",
            [sns_actions.Publish],
            [Ref(topic)],
            StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
        )
        for service in ("codestar-notifications", "cloudwatch", "events")
    ]
    only_tls = _refuse_plain_http([Ref(topic)], [sns_actions.Publish])
    document = PolicyDocument(Version="2012-10-17", Statement=[only_tls, *announce])
    return sns.TopicPolicy("ReleaseTopicPolicy", Topics=[Ref(topic)], PolicyDocument=document)


def _email_subscription(topic: sns.Topic, email: Parameter) -> sns.SubscriptionResource:
    return sns.SubscriptionResource(
        "EmailSubscription",
        Condition=HAS_NOTIFICATION_EMAIL,
        TopicArn=Ref(topic),
        Protocol="email",
        Endpoint=Ref(email),
    )


def _outputs(
    stack: str, key: kms.Key, bucket: s3.Bucket, connection: codeconnections.Connection, topic: sns.Topic
) -> list[Output]:
    console = "https://${AWS::Region}.console.aws.amazon.com"
    return [
        exported(stack, "ArtifactBucketName", Ref(bucket), "Bucket that holds the pipelines' artifacts"),
        exported(stack, "ArtifactBucketArn", GetAtt(bucket, "Arn"), "The same bucket, as roles name it"),
        exported(stack, "ArtifactKeyArn", GetAtt(key, "Arn"), "Key that encrypts artifacts, announcements and logs"),
        exported(stack, "ConnectionArn", Ref(connection), "Connection through which the repository is read"),
        exported(stack, "ReleaseTopicArn", Ref(topic), "Topic that releases and alarms are announced on"),
        Output(
            "ConnectionConsole",
            Description="Where the connection to GitHub is finished, once",
            Value=Sub(f"{console}/codesuite/settings/connections?region=${{AWS::Region}}"),
        ),
        Output(
            "ArtifactBucketConsole",
            Description="The artifacts in the console",
            Value=Sub(f"{console}/s3/buckets/${{{bucket.title}}}?region=${{AWS::Region}}"),
        ),
    ]
