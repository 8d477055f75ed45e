"""Forms of values that an engine refuses, and the service takes."""

import re
from collections.abc import Mapping
from ipaddress import ip_network

from linting.corrections.correction import about, warning
from linting.corrections.document import Document
from reporting.findings import Finding


@about("F3037")
def equal_items(finding: Finding, document: Document) -> Finding | None:
    """F3037: the validator takes items for equal whose parameters have the same default."""
    items = document.at(finding.place)
    if not isinstance(items, list) or any(item in items[:index] for index, item in enumerate(items)):
        return finding
    return None


@about("E3049")
def health_check_port(finding: Finding, document: Document) -> Finding | None:
    """E3049: cfn-lint wants ``HealthCheckPort: traffic-port`` beside a dynamic host port; that is the default.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """
    above, _, name = finding.place.rpartition("/")
    holder = document.at(above)
    return None if isinstance(holder, Mapping) and name not in holder else finding


NO_NETWORK = re.compile(r"'([^']+)' is not a 'ipv[46]-network'")
CANONICAL = ("CidrIp", "CidrIpv6", "CidrBlock", "DestinationCidrBlock")
"""The properties whose values EC2 makes canonical."""


@about("E3002")
def network_with_host_bits(finding: Finding, document: Document) -> Finding | None:
    """E3002: cfn-lint refuses 10.0.1.0/16; EC2 takes it for 10.0.0.0/16, its canonical form.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
    """
    said = NO_NETWORK.search(finding.sentence)
    return None if said and finding.place.endswith(CANONICAL) and _is_network(said[1]) else finding


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


BOTH = "specifies both Day-of-month and Day-of-week"


@about("E3027")
def question_mark_in_cron(finding: Finding, document: Document) -> Finding | None:
    """E3027: cfn-lint wants the ``?`` of a cron expression in a day; EventBridge runs rules that have it elsewhere.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
    """
    expression = document.at(finding.place)
    if BOTH not in finding.sentence or not isinstance(expression, str) or "?" not in expression:
        return finding
    sentence = f"{expression} has its ? in neither day, which EventBridge does not document"
    return warning(finding, sentence)


ROLES = ("TaskRoleArn", "ExecutionRoleArn")


@about("E1041")
def short_role_name(finding: Finding, document: Document) -> Finding | None:
    """E1041: cfn-lint wants the ARN of a task's roles; ECS takes a role's short name, which is its ``Ref``, too.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    *above, name = [step for step in finding.place.split("/") if step != "Ref"]
    resource = document.at("/".join(above[:2]))
    of_task = isinstance(resource, dict) and resource.get("Type") == "AWS::ECS::TaskDefinition"
    return None if of_task and name in ROLES and "AWS::IAM::Role.Arn" in finding.sentence else finding


OF_GROUP = re.compile(r"/Properties/(?:DB)?SecurityGroup(?:In|E)gress(?P<item>/\d+)?$")


@about("E3012", "E3014")
def rule_of_group(finding: Finding, document: Document) -> Finding | None:
    """E3012, E3014: cfn-lint refuses rules of a security group of which the stack is made all the same.

    Of one among the group's own properties that says neither where from nor where to, the stack is made and the rule
    is not there; on its own it is refused. CloudFormation takes one rule for a list of one, as AWS's own sample
    templates have it.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html
    """
    rule = OF_GROUP.search(finding.place)
    if rule is None:
        return finding
    if rule["item"] and finding.id == "E3014":
        outcome = "the stack is made without this rule"
    elif not rule["item"] and finding.id == "E3012" and isinstance(document.at(finding.place), Mapping):
        outcome = "CloudFormation may take it for a list of one"
    else:
        return finding
    sentence = f"{finding.sentence.rstrip('.')}; {outcome}."
    return warning(finding, sentence)
