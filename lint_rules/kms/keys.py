"""Keys, their names, and what they encrypt."""

from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.resource_policy import may_allow, policy_of
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View

KEY = "AWS::KMS::Key"
ALIAS = "AWS::KMS::Alias"


def key_of(template: View, named: Node) -> Resource | None:
    """Return the template's key that ``named`` is the id, the ARN or an alias of; None for any other."""
    key = template.referred(named, KEY)
    if key is None:
        alias = template.referred(named, ALIAS, name="AliasName")
        key = template.referred(alias["TargetKeyId"], KEY) if alias else None
    return key


class LogGroupKey(Rule):
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


class ReservedAlias(ResourceRule):
    id = "E9423"
    shortdesc = "Aliases under alias/aws/ are AWS's own"
    description = (
        "AWS names the keys that its services make under alias/aws/, and CreateAlias refuses that start to all others."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html"
    types = ("AWS::KMS::Alias",)

    def faults_of(self, alias: Resource) -> Iterator[Fault]:
        name = alias["AliasName"]
        if (name.pattern or "").startswith("alias/aws/"):
            yield fault(name, f"{name.pattern}: names under alias/aws/ are AWS's own. Choose another.")


class UseOfOtherKey(ResourceRule):
    id = "E9422"
    shortdesc = "A key's use and rotation are those of its kind"
    description = (
        "Only symmetric keys are rotated. An asymmetric key has to say what it is used for, and each kind of "
        "key has uses of its own: CreateKey refuses the others."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html"
    types = (KEY,)

    def faults_of(self, key: Resource) -> Iterator[Fault]:
        kind = key["KeySpec"].text or ("" if key["KeySpec"].present else "SYMMETRIC_DEFAULT")
        usage = key["KeyUsage"].text or ("" if key["KeyUsage"].present else "ENCRYPT_DECRYPT")
        uses = next((uses for start, uses in facts("kms")["uses"]["by_spec"].items() if kind.startswith(start)), None)
        if uses and usage and usage not in uses:
            yield fault(
                key["KeyUsage"], f"A key of {kind} is not used to {usage}. Set KeyUsage to {' or '.join(uses)}."
            )
        if kind and kind != "SYMMETRIC_DEFAULT" and key["EnableKeyRotation"].flag:
            yield fault(key["EnableKeyRotation"], f"A key of {kind} is never rotated. Leave EnableKeyRotation out.")
