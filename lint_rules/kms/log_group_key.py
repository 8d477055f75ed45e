from collections.abc import Iterator

from lint_rules.kms.key import ALIAS, KEY, key_of
from lint_rules.model.resource_policy import may_allow, policy_of
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class LogGroupKey(Rule):
    """A log group whose key the service can't use, or can't find."""

    id = "E9431"
    shortdesc = "A log group's key is named by ARN, and its policy allows the service"
    description = (
        "CloudWatch Logs encrypts as logs.REGION.amazonaws.com: unless the key's policy allows that, "
        "CreateLogGroup is refused. The key is named by its ARN; Ref returns its id."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
    types = ("AWS::Logs::LogGroup", KEY, ALIAS)

    def faults(self, template: View) -> Iterator[Fault]:
        for group in template.resources("AWS::Logs::LogGroup"):
            named = group["KmsKeyId"]
            key = key_of(template, named)
            if key is None:
                continue
            if named.function == "Ref":
                yield fault(
                    named, "KmsKeyId is the ARN of a key. Ref returns another name of it: use GetAtt of its Arn."
                )
            policy = policy_of(template, key)
            if not may_allow(policy, "logs.amazonaws.com", "kms:GenerateDataKey"):
                yield fault(
                    policy.node if policy else key.node,
                    f"{group.logical_id} is encrypted with this key, whose policy does not let the service. Allow "
                    "logs.REGION.amazonaws.com kms:Encrypt*, Decrypt*, ReEncrypt*, GenerateDataKey* and Describe*.",
                )
