import re
from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View
from lint_rules.notifications.topics import NOTIFICATION_RULE

_UNKNOWN = re.compile(r"\$\{[^{}]*\}")


class EventType(Rule):
    id = "E9454"
    shortdesc = "A notification rule announces events of its resource"
    description = (
        "CreateNotificationRule refuses ids of event types that do not exist, or are those of another kind of "
        "resource, and targets other than topics and chat channels."
    )
    source_url = "https://docs.aws.amazon.com/dtconsole/latest/userguide/concepts.html#concepts-api"
    types = (NOTIFICATION_RULE,)

    def faults(self, template: View) -> Iterator[Fault]:
        known = facts("notifications")
        for rule in template.resources(NOTIFICATION_RULE):
            kind = _kind(template, rule["Resource"])
            for event in rule["EventTypeIds"].items:
                if event.text is None:
                    continue
                start = next((one for one in known["events"] if event.text.startswith(one)), None)
                if start is None or event.text.removeprefix(start) not in known["events"][start]:
                    near = ", ".join(f"{start}{rest}" for rest in known["events"][start]) if start else ""
                    yield fault(
                        event, f"{event.text} is not an event type. Use one of {near or ', '.join(known['events'])}."
                    )
                elif kind and start != kind:
                    yield fault(
                        event, f"{event.text} is not an event of this resource, whose events begin with {kind}."
                    )
            for target in rule["Targets"].items:
                allowed = known["targets"]
                if target["TargetType"].text is not None and target["TargetType"].text not in allowed:
                    yield fault(
                        target["TargetType"], f"{target['TargetType'].text} is not a target. Use {', '.join(allowed)}."
                    )


def _kind(template: View, named: Node) -> str:
    """Return how the events of the resource begin; empty when it is not known what it is."""
    resource = template.all_resources.get(named.target or "")
    starts: dict[str, str] = facts("notifications")["resources"]
    if resource is not None:
        return starts.get(resource.type, "")
    service = _UNKNOWN.sub("", named.pattern or "").split(":")[2:3]
    return next((start for start in starts.values() if service == [start.partition("-")[0]]), "")
