"""AWS::RDS::DBInstance: the secret that RDS keeps the password in, and the protection from deletion.

No PostgreSQL runs behind an instance that a stack makes here; its address leads nowhere.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

import json
import secrets
from http import HTTPStatus
from typing import Any

from ministack.services import rds, secretsmanager
from ministack.services.cloudformation import provisioners

from local_aws.ministack.cloudformation.handler_reasons import handler_reason, service_message
from local_aws.ministack.cloudformation.stacks import Made, Properties

_TYPE = "AWS::RDS::DBInstance"
_SECRET_ARN = "MasterUserSecret.SecretArn"  # noqa: S105 - the name of an attribute
_PROTECTED = "Cannot delete protected DB Instance, please disable deletion protection and try again."


def keep_passwords_in_secrets() -> None:
    """Have instances that manage their user's password make a secret, and refuse to go while they are protected."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        name, attributes = handlers["create"](logical_id, properties, stack_name)
        return name, {**attributes, **_secret_of(name, properties)}

    def update(name: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None) -> Made:
        made, attributes = handlers["update"](name, old, new, stack_name, logical_id)
        return made, {**attributes, **_secret_of(made, new)}

    def delete(name: str, properties: Properties) -> None:
        record = rds._instances.get(name) or {}
        if record.get("DeletionProtection"):
            reason = service_message(_PROTECTED, "Rds", HTTPStatus.BAD_REQUEST)
            raise ValueError(handler_reason(reason, "InvalidRequest"))
        handlers["delete"](name, properties)
        secretsmanager._secrets.pop(_name(record), None)

    provisioners._RESOURCE_HANDLERS[_TYPE] = {**handlers, "create": create, "update": update, "delete": delete}


def addresses() -> frozenset[str]:
    """Return the addresses of all instances."""
    return frozenset(record["Endpoint"]["Address"] for record in list(rds._instances._data.values()))


def _name(record: dict[str, Any]) -> str:
    return f"rds!{record.get('DbiResourceId', '').lower()}"


def _secret_of(name: str, properties: Properties) -> dict[str, str]:
    """Return the attribute that names the secret of an instance, which is made once; nothing where it has none."""
    if str(properties.get("ManageMasterUserPassword", "")).lower() != "true":
        return {}
    record = rds._instances[name]
    if _name(record) not in secretsmanager._secrets:
        password = secrets.token_urlsafe(24)
        value = {"username": record["MasterUsername"], "password": password}
        secretsmanager._store_new_secret(_name(record), json.dumps(value))
        record["_MasterUserPassword"] = password
    arn = str(secretsmanager._secrets[_name(record)]["ARN"])
    record["MasterUserSecret"] = {"SecretArn": arn, "SecretStatus": "active"}
    return {_SECRET_ARN: arn}
