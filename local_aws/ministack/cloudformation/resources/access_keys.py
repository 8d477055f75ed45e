"""AWS::IAM::AccessKey, which MiniStack has by IAM's API alone.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-accesskey.html
"""

from http import HTTPStatus

from ministack.services import iam

from local_aws.ministack.cloudformation.handler_reasons import handler_reason, service_message
from local_aws.ministack.cloudformation.stacks import Made, Properties, add_resource_type

_MOST_KEYS = 2
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def add_access_keys() -> None:
    """Have stacks make access keys."""
    add_resource_type(
        "AWS::IAM::AccessKey",
        create=_create,
        update=_update,
        delete=_delete,
        tags=None,
        read=(_read, frozenset({"UserName", "Status"})),
    )


def _create(_logical_id: str, properties: Properties, _stack_name: str) -> Made:
    user = properties["UserName"]
    if user not in iam._users:
        raise _refused(f"The user with name {user} cannot be found.", HTTPStatus.NOT_FOUND, "NotFound")
    before = {key for key, record in iam._access_keys.items() if record["UserName"] == user}
    if len(before) >= _MOST_KEYS:
        sentence = f"Cannot exceed quota for AccessKeysPerUser: {_MOST_KEYS}"
        raise _refused(sentence, HTTPStatus.CONFLICT, "ServiceLimitExceeded")
    iam._create_access_key({"UserName": [user]})
    [key] = {key for key, record in iam._access_keys.items() if record["UserName"] == user} - before
    iam._access_keys[key]["Status"] = properties.get("Status", "Active")
    return key, {"SecretAccessKey": iam._access_keys[key]["SecretAccessKey"]}


def _update(key: str, _old: Properties, new: Properties, _stack_name: str) -> Made:
    iam._access_keys[key]["Status"] = new.get("Status", "Active")
    return key, {"SecretAccessKey": iam._access_keys[key]["SecretAccessKey"]}


def _delete(key: str, _properties: Properties) -> None:
    iam._access_keys.pop(key, None)


def _read(key: str, _properties: Properties) -> Properties | None:
    record = iam._access_keys.get(key)
    return None if record is None else {"UserName": record["UserName"], "Status": record["Status"]}


def _refused(sentence: str, status: int, code: str) -> ValueError:
    return ValueError(handler_reason(service_message(sentence, "Iam", status), code))
