"""Topics: which services publish to them, whether they may, and under which key."""

from collections.abc import Iterator
from dataclasses import dataclass

from lint_rules.kms.keys import ALIAS, KEY, key_of
from lint_rules.model.node import Node
from lint_rules.model.policy import Document
from lint_rules.model.resource_policy import may_allow, policy_of
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View

TOPIC = "AWS::SNS::Topic"
TOPIC_POLICY = "AWS::SNS::TopicPolicy"
EVENT_RULE = "AWS::Events::Rule"
NOTIFICATION_RULE = "AWS::CodeStarNotifications::NotificationRule"
ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE_ALARM = "AWS::CloudWatch::CompositeAlarm"
BUCKET = "AWS::S3::Bucket"
PUBLISHERS = (EVENT_RULE, NOTIFICATION_RULE, ALARM, COMPOSITE_ALARM, BUCKET)
CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True)
class Publishing:
    """``service`` publishes to ``topic``, as ``target`` of a rule, an alarm or a bucket says."""

    service: str
    target: Node
    topic: Resource


def publishing(template: View) -> Iterator[Publishing]:
    """Return every topic of the template that a service publishes to by its own right, not by a role's."""
    for service, target in _targets(template):
        topic = template.referred(target, TOPIC)
        if topic is not None:
            yield Publishing(service, target, topic)


def policies_of(template: View, topic: Resource) -> list[Document]:
    """Return the template's policies on ``topic``, and those of which it is not known what they are on."""
    bearers = [
        policy
        for policy in template.resources(TOPIC_POLICY)
        if policy["Topics"].function
        or any(template.referred(one, TOPIC) == topic for one in policy["Topics"].one_or_more)
    ]
    return [policy for bearer in bearers if (policy := policy_of(template, bearer)) is not None]


def _targets(template: View) -> Iterator[tuple[str, Node]]:
    for rule in template.resources(EVENT_RULE):
        # With a role of its own it is the role that publishes.
        without = (target for target in rule["Targets"].items if target["RoleArn"].absent)
        yield from (("events.amazonaws.com", target["Arn"]) for target in without)
    for rule in template.resources(NOTIFICATION_RULE):
        for target in rule["Targets"].items:
            yield "codestar-notifications.amazonaws.com", target["TargetAddress"]
    for alarm in template.resources(ALARM, COMPOSITE_ALARM):
        for actions in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            yield from ((CLOUDWATCH, action) for action in alarm[actions].items)
    for bucket in template.resources(BUCKET):
        for one in bucket["NotificationConfiguration"]["TopicConfigurations"].items:
            yield "s3.amazonaws.com", one["Topic"]


class TopicUnderAwsKey(Rule):
    id = "E9451"
    shortdesc = "A topic that services publish to is not encrypted with alias/aws/sns"
    description = (
        "The policy of the key alias/aws/sns can't be changed, and lets no service encrypt: what EventBridge, "
        "notification rules, alarms and buckets publish to such a topic is lost."
    )
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    types = (TOPIC, *PUBLISHERS)

    def faults(self, template: View) -> Iterator[Fault]:
        services: dict[str, set[str]] = {}
        for one in publishing(template):
            services.setdefault(one.topic.logical_id, set()).add(one.service)
        for logical_id, names in services.items():
            key = template.all_resources[logical_id]["KmsMasterKeyId"]
            if (key.pattern or "").endswith("alias/aws/sns"):
                yield fault(
                    key,
                    f"A topic under {key.pattern} can't be published to by {' and '.join(sorted(names))}. "
                    "Use a key of your own, whose policy allows them kms:GenerateDataKey* and kms:Decrypt.",
                )


class TopicPolicy(Rule):
    id = "E9452"
    shortdesc = "A topic's policy allows the services that publish to it"
    description = (
        "A topic without a policy of its own lets its account publish, and alarms; rules of EventBridge, "
        "notification rules and buckets need a statement for their service, and once there is a policy, "
        "alarms do too."
    )
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"
    types = (TOPIC, TOPIC_POLICY, *PUBLISHERS)

    def faults(self, template: View) -> Iterator[Fault]:
        for one in publishing(template):
            policies = policies_of(template, one.topic)
            if not policies and one.service == CLOUDWATCH:
                continue
            if not any(may_allow(policy, one.service, "sns:Publish") for policy in policies):
                yield fault(
                    policies[0].node["Statement"] if policies else one.topic.node,
                    f"{one.service} may not publish to {one.topic.logical_id}. Allow it sns:Publish in its policy.",
                )


class TopicKeyPolicy(Rule):
    id = "E9453"
    shortdesc = "A topic's key allows the services that publish to it"
    description = (
        "A service that publishes to an encrypted topic asks KMS for a data key under its own name. Unless "
        "the key's policy lets it, nothing arrives."
    )
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services"
    types = (KEY, ALIAS, TOPIC, *PUBLISHERS)

    def faults(self, template: View) -> Iterator[Fault]:
        for one in publishing(template):
            key = key_of(template, one.topic["KmsMasterKeyId"])
            if key is None:
                continue
            for action in ("kms:GenerateDataKey", "kms:Decrypt"):
                policy = policy_of(template, key)
                if not may_allow(policy, one.service, action):
                    yield fault(
                        policy.node if policy else key.node,
                        f"{one.service} publishes to {one.topic.logical_id}, under this key, and may not use it. "
                        "Allow it kms:GenerateDataKey* and kms:Decrypt.",
                    )
                    break
