"""Makes what lets the runtime's logs be written to the bucket of the access logs, where the settings ask for them.

Each is delivered by a service of its own. Look at how each is held to this account.
"""

from awacs import s3 as s3_actions
from awacs.aws import ArnLike, Statement, StringEquals
from troposphere import GetAtt, Join, Output, Ref, Sub, s3

from settings.project import Runtime
from templates_src.names import exported
from templates_src.trust_policy import allow_service

BALANCER_PREFIX = "load-balancer"
NETWORK_PREFIX = "network"


def statements(runtime: Runtime, bucket: s3.Bucket) -> list[Statement]:
    """Return what the bucket's policy says for the logs that are asked for."""
    if not runtime.writes_logs:
        return []
    balancer = [_deliver_requests(bucket)] if runtime.access_logs else []
    return [*balancer, *(_deliver_connections(bucket) if runtime.flow_logs else [])]


def outputs(runtime: Runtime, stack: str, bucket: s3.Bucket) -> list[Output]:
    """Make the outputs by which the runtime finds the bucket."""
    if not runtime.writes_logs:
        return []
    return [
        exported(stack, "AccessLogBucketName", Ref(bucket), "Bucket that access logs are written to"),
        exported(stack, "AccessLogBucketArn", GetAtt(bucket, "Arn"), "The same bucket, as flow logs name it"),
    ]


def _deliver_requests(bucket: s3.Bucket) -> Statement:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    balancers = Sub("arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/*")
    service, objects = "logdelivery.elasticloadbalancing.amazonaws.com", _objects(bucket, BALANCER_PREFIX)
    limit = ArnLike("aws:SourceArn", balancers)
    return allow_service("DeliverRequests", service, [s3_actions.PutObject], [objects], limit)


def _deliver_connections(bucket: s3.Bucket) -> list[Statement]:
    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    deliveries = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
    limits = StringEquals("aws:SourceAccount", Ref("AWS::AccountId")), ArnLike("aws:SourceArn", deliveries)
    service, objects = "delivery.logs.amazonaws.com", _objects(bucket, NETWORK_PREFIX)
    finding = [s3_actions.GetBucketAcl, s3_actions.ListBucket]
    return [
        allow_service("DeliverConnections", service, [s3_actions.PutObject], [objects], *limits),
        allow_service("FindBucketOfConnections", service, finding, [GetAtt(bucket, "Arn")], *limits),
    ]


def _objects(bucket: s3.Bucket, prefix: str) -> Join:
    return Join("/", [GetAtt(bucket, "Arn"), prefix, "AWSLogs", Ref("AWS::AccountId"), "*"])
