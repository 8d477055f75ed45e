"""What is needed to read the values of Parameter Store and Secrets Manager that something is given by name."""

from collections.abc import Iterator

from contracts.permissions.implied import needs
from contracts.permissions.required import Requirement
from contracts.project_index import ProjectIndex
from system_model.system import Resource
from system_model.wording import OPEN

_HERE = "${AWS::Region}:${AWS::AccountId}"
_SECRET_PARTS = 7
"""Parts of a secret's ARN; behind them a key, a stage and a version may follow."""


def parameter_arn(name: str) -> str:
    """Return the ARN of a parameter by its name, or the ARN that it is given by."""
    if name.startswith("arn:"):
        return name
    return f"arn:${{AWS::Partition}}:ssm:{_HERE}:parameter/{name.removeprefix('/')}"


def of_secret(who: Resource, value: str, about: str, index: ProjectIndex) -> Iterator[Requirement]:
    """Return the needs to read a secret by its name or ARN, with or without its random end, and its key's."""
    arn = _secret_arn(value)
    made = index.named("AWS::SecretsManager::Secret", arn)
    if made is None and not index.system.whole and not arn.endswith(OPEN):
        arn = f"{arn}{OPEN}"
    yield from needs("secret", who, {"secret": arn}, about=about)
    key = None if made is None else index.text(made.properties.get("KmsKeyId"), made.stack)
    if key is not None and "alias/aws/" not in key:
        named = index.named("AWS::KMS::Key", key)
        found = key if named is None else index.text({"Fn::GetAtt": [named.logical_id, "Arn"]}, named.stack)
        yield from needs("secret under a key", who, {"key": found or key}, about=about)


def _secret_arn(value: str) -> str:
    if not value.startswith("arn:"):
        return f"arn:${{AWS::Partition}}:secretsmanager:{_HERE}:secret:{value.partition(':')[0]}"
    # What stands for pseudo parameters and functions has colons of its own.
    plain = value.replace("AWS::", "AWS..").replace("Fn::", "Fn..")
    return ":".join(plain.split(":")[:_SECRET_PARTS]).replace("AWS..", "AWS::").replace("Fn..", "Fn::")
