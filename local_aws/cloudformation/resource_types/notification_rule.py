"""AWS::CodeStarNotifications::NotificationRule.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codestarnotifications-notificationrule.html
"""

from local_aws.cloudformation.resource_types.resource_type import Made, Properties, ResourceType
from local_aws.platform.service import Json
from local_aws.services.codestar_notifications.rules import Rules


def notification_rule_type(rules: Rules) -> ResourceType:
    """Make the resource type for the notification rules of an account and region."""
    return ResourceType(
        name="AWS::CodeStarNotifications::NotificationRule",
        service="CodeStarNotifications",
        create=lambda properties, _name: _made(rules.create(_members(properties))),
        update=lambda physical_id, _old, new: _made(rules.update(physical_id, _members(new))),
        delete=rules.records.delete,
        read=lambda physical_id, _properties: _read(rules.records.get(physical_id)),
        readable=frozenset({"Name", "DetailType", "Status", "Resource"}),
        tags=("Tags", "map"),
        longest_name=64,
    )


def _members(properties: Properties) -> Json:
    single = {"EventTypeIds": properties["EventTypeIds"]} if "EventTypeIds" in properties else {}
    return {
        **{key: value for key, value in properties.items() if key not in {"EventTypeId", "TargetAddress"}},
        **single,
    }


def _made(rule: Json) -> Made:
    return rule["Arn"], {"Arn": rule["Arn"]}


def _read(rule: Json | None) -> Properties | None:
    return None if rule is None else {key: rule[key] for key in ("Name", "DetailType", "Status", "Resource")}
