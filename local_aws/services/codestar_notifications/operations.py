"""The operations of CodeStar Notifications, which speak JSON at a path each.

https://docs.aws.amazon.com/codestar-notifications/latest/APIReference/API_Operations.html
"""

from collections.abc import Mapping, Sequence

from local_aws.platform.members import listed, without
from local_aws.platform.service import Caller, Json, Operation, Service, ServiceError
from local_aws.services.codestar_notifications.rules import EVENT_TYPES, Rules


def service(rules: Rules) -> Service:
    """Make the service."""
    return Service(
        name="codestar-notifications",
        target="",
        operations=_operations(rules),
        resources=_resources,
    )


def _operations(rules: Rules) -> Mapping[str, Operation]:
    return {
        "CreateNotificationRule": lambda caller, request: {
            "Arn": rules.create({**request, "CreatedBy": caller.arn})["Arn"]
        },
        "DescribeNotificationRule": lambda _caller, request: _found(rules, request),
        "UpdateNotificationRule": lambda _caller, request: _update(rules, request),
        "DeleteNotificationRule": lambda _caller, request: _delete(rules, request),
        "ListNotificationRules": lambda _caller, request: _list(rules, request),
        "ListEventTypes": lambda _caller, request: listed(
            "EventTypes", [_event_type(event) for event in EVENT_TYPES], request, "InvalidNextTokenException"
        ),
        "ListTagsForResource": lambda _caller, request: {"Tags": _found(rules, request)["Tags"]},
        "TagResource": lambda _caller, request: _tag(rules, request),
        "UntagResource": lambda _caller, request: _untag(rules, request),
    }


def _found(rules: Rules, request: Json) -> Json:
    rule = rules.records.get(str(request.get("Arn")))
    if rule is None:
        raise ServiceError("ResourceNotFoundException", f"The notification rule {request.get('Arn')} was not found.")
    return {**rule, "EventTypes": [_event_type(event) for event in rule["EventTypeIds"]]}


def _event_type(identifier: str) -> Json:
    service_name, resource, _what = identifier.split("-", 2)
    return {
        "EventTypeId": identifier,
        "ServiceName": {"codepipeline": "CodePipeline", "codebuild": "CodeBuild"}[service_name],
        "EventTypeName": identifier.partition(f"{resource}-")[2].replace("-", " ").capitalize(),
        "ResourceType": resource.capitalize(),
    }


def _update(rules: Rules, request: Json) -> None:
    rules.update(str(request.get("Arn")), {key: value for key, value in request.items() if key != "Arn"})


def _delete(rules: Rules, request: Json) -> Json:
    arn = str(request.get("Arn"))
    rules.records.delete(arn)
    return {"Arn": arn}


def _list(rules: Rules, request: Json) -> Json:
    shown = [{"Id": rule["Arn"].rpartition("/")[2], "Arn": rule["Arn"]} for rule in rules.all()]
    return listed("NotificationRules", shown, request, "InvalidNextTokenException")


def _tag(rules: Rules, request: Json) -> Json:
    tags = {**_found(rules, request)["Tags"], **request.get("Tags", {})}
    rules.update(str(request["Arn"]), {"Tags": tags})
    return {"Tags": tags}


def _untag(rules: Rules, request: Json) -> None:
    rules.update(str(request["Arn"]), {"Tags": without(_found(rules, request)["Tags"], request.get("TagKeys", []))})


def _resources(operation: str, request: Json, caller: Caller) -> Sequence[str]:
    if operation == "CreateNotificationRule":
        return [f"arn:aws:codestar-notifications:{caller.region}:{caller.account_id}:notificationrule/*"]
    arn = request.get("Arn")
    return [arn] if isinstance(arn, str) else []
