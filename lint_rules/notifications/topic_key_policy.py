from collections.abc import Iterator

from lint_rules.kms.key import ALIAS, KEY, key_of
from lint_rules.model.resource_policy import may_allow, policy_of
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View
from lint_rules.notifications.publishing import PUBLISHERS, TOPIC, publishing


class TopicKeyPolicy(Rule):
    """A topic whose key does not let a service encrypt."""

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
