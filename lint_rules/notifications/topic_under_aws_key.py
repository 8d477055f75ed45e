from collections.abc import Iterator

from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View
from lint_rules.notifications.publishing import PUBLISHERS, TOPIC, publishing


class TopicUnderAwsKey(Rule):
    """A topic that services can't publish to, since AWS holds its key."""

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
