from collections.abc import Iterator

from lint_rules.model.resource_policy import may_allow
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View
from lint_rules.notifications.publishing import CLOUDWATCH, PUBLISHERS, TOPIC, TOPIC_POLICY, policies_of, publishing


class TopicPolicy(Rule):
    """A topic whose policy does not let a service publish."""

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
