"""Fetches variables whose values stand in Parameter Store or Secrets Manager, under the rights of the build's role."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from buildspecs.reading import environment
from local_aws.services.codebuild.builds.failures import PhaseError, described
from local_aws.services.codebuild.builds.variables import PARAMETER_STORE, SECRETS_MANAGER, Declared

PARAMETERS_A_CALL = 10
"""https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html"""
PARAMETER_ERROR = "Decrypted Variables Error"
SECRET_ERROR = "Secrets Manager Error"  # noqa: S105 - a status code of CodeBuild


def parameters(client: Any, declared: Mapping[str, Declared]) -> Mapping[str, str]:  # noqa: ANN401 - botocore makes its clients at run time
    """Return the values of all variables of type PARAMETER_STORE; ``client`` is one of ssm."""
    wanted = {name: value.value for name, value in declared.items() if value.kind == PARAMETER_STORE}
    paths = sorted(set(wanted.values()))
    found: dict[str, str] = {}
    for start in range(0, len(paths), PARAMETERS_A_CALL):
        found |= _fetch(client, paths[start : start + PARAMETERS_A_CALL])
    return {name: found[path] for name, path in wanted.items()}


def _fetch(client: Any, paths: Sequence[str]) -> Mapping[str, str]:  # noqa: ANN401 - see parameters
    try:
        response = client.get_parameters(Names=list(paths), WithDecryption=True)
    except Exception as error:
        raise PhaseError(PARAMETER_ERROR, described(error)) from error
    if missing := response.get("InvalidParameters"):
        raise PhaseError(PARAMETER_ERROR, f"parameter does not exist: {missing[0]}")
    values = [item["Value"] for item in response["Parameters"]]
    # A parameter may be named by its ARN, or with a version; the service answers in the order of its own.
    by_name = {name: item["Value"] for item in response["Parameters"] for name in _names(item)}
    return {path: by_name.get(path, values[0] if len(paths) == 1 else "") for path in paths}


def _names(parameter: Mapping[str, Any]) -> Sequence[str]:
    selector = parameter.get("Selector", "")
    return [f"{parameter['Name']}{selector}", f"{parameter.get('ARN', '')}{selector}"]


def secrets(client: Any, declared: Mapping[str, Declared]) -> Mapping[str, str]:  # noqa: ANN401 - see parameters
    """Return the values of all variables of type SECRETS_MANAGER; ``client`` is one of secretsmanager."""
    wanted = {name: value.value for name, value in declared.items() if value.kind == SECRETS_MANAGER}
    return {name: _secret(client, written) for name, written in wanted.items()}


def _secret(client: Any, written: str) -> str:  # noqa: ANN401 - see parameters
    reference = environment.reference(written)
    version = {"VersionStage": reference.version_stage, "VersionId": reference.version_id}
    try:
        response = client.get_secret_value(
            SecretId=reference.secret_id, **{key: value for key, value in version.items() if value}
        )
    except Exception as error:
        raise PhaseError(SECRET_ERROR, described(error)) from error
    text: str = response.get("SecretString", "")
    return _of_key(text, reference.json_key, reference.secret_id) if reference.json_key else text


def _of_key(text: str, key: str, secret_id: str) -> str:
    try:
        value = json.loads(text)[key]
    except (ValueError, KeyError, TypeError) as error:
        raise PhaseError(SECRET_ERROR, f"The secret {secret_id} has no JSON key named {key}") from error
    return value if isinstance(value, str) else json.dumps(value)
