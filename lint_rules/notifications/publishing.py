"""Which services publish to which topics of a template."""

from collections.abc import Iterator
from dataclasses import dataclass

from lint_rules.model.node import Node
from lint_rules.model.policy import Document
from lint_rules.model.resource_policy import policy_of
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
