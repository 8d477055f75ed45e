"""The environment variables of a build: who declares them, who wins, and where secret values are fetched.

Names: https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from buildspecs.reading import sections
from buildspecs.reading.model import Environment, SecretReference
from local_aws.platform.context import Credentials
from local_aws.platform.service import Json
from local_aws.services.advisories.osv import PREFIX, VARIABLE
from local_aws.services.codebuild.builds.failures import PhaseError, described
from local_aws.services.codebuild.builds.ports import BuildPorts
from local_aws.services.codebuild.machine.workspace import Workspace

PLAINTEXT = "PLAINTEXT"
PARAMETER_STORE = "PARAMETER_STORE"
SECRETS_MANAGER = "SECRETS_MANAGER"
TYPES = (PLAINTEXT, PARAMETER_STORE, SECRETS_MANAGER)


@dataclass(frozen=True)
class Declared:
    """A variable's value, or the name under which a store holds it."""

    kind: str
    value: str


def declared(project: Iterable[Json], environment: Environment) -> Mapping[str, Declared]:
    """Return what holds for each name: the project's variables, StartBuild's among them, over the buildspec's."""
    buildspec = {
        **{name: Declared(PLAINTEXT, value) for name, value in environment.variables.items()},
        **{name: Declared(PARAMETER_STORE, value) for name, value in environment.parameter_store.items()},
        **{name: Declared(SECRETS_MANAGER, _written(value)) for name, value in environment.secrets_manager.items()},
    }
    given = {item["name"]: Declared(item.get("type", PLAINTEXT), item["value"]) for item in project}
    return {**buildspec, **given}


def overridden(project: Iterable[Json], overrides: Iterable[Json]) -> list[Json]:
    """Put the variables of StartBuild over those of the project."""
    merged = {item["name"]: {"type": PLAINTEXT, **item} for item in (*project, *overrides)}
    return list(merged.values())


def of_role(credentials: Credentials, surroundings: BuildPorts) -> Mapping[str, str]:
    """Return what AWS's tools read to act as the build's role on this AWS."""
    return {
        **credentials.variables,
        "AWS_REGION": surroundings.region,
        "AWS_DEFAULT_REGION": surroundings.region,
        "AWS_ENDPOINT_URL": surroundings.endpoint_url,
    }


def of_rehearsal(surroundings: BuildPorts) -> Mapping[str, str]:
    """Return the addresses of services that are not AWS's, where this machine has its own in their place."""
    return {VARIABLE: f"{surroundings.endpoint_url}{PREFIX}"}


def of_build(build: Json, workspace: Workspace) -> Mapping[str, str]:
    """Return the CODEBUILD_ variables; ``build`` is the record as BatchGetBuilds shows it."""
    identifiers = [source["sourceIdentifier"] for source in build.get("secondarySources", [])]
    location = build["source"].get("location", "")
    values = {
        "CODEBUILD_BUILD_ARN": build["arn"],
        "CODEBUILD_BUILD_ID": build["id"],
        "CODEBUILD_BUILD_IMAGE": build["environment"]["image"],
        "CODEBUILD_BUILD_NUMBER": str(build["buildNumber"]),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_BUILD_URL": build["logs"].get("deepLink", ""),
        "CODEBUILD_CI": "true",
        "CODEBUILD_INITIATOR": build["initiator"],
        "CODEBUILD_KMS_KEY_ID": build["encryptionKey"],
        "CODEBUILD_LOG_PATH": build["logs"].get("streamName", ""),
        "CODEBUILD_PROJECT_ARN": build["arn"].replace(":build/", ":project/").rpartition(":")[0],
        "CODEBUILD_RESOLVED_SOURCE_VERSION": build.get("resolvedSourceVersion", ""),
        "CODEBUILD_SOURCE_REPO_URL": location,
        "CODEBUILD_SOURCE_VERSION": build.get("sourceVersion", ""),
        "CODEBUILD_SRC_DIR": str(workspace.source),
        "CODEBUILD_START_TIME": str(int(build["startTime"] * 1000)),
        **{f"CODEBUILD_SRC_DIR_{name}": str(workspace.secondary_source(name)) for name in identifiers},
    }
    may_be_absent = ("CODEBUILD_RESOLVED_SOURCE_VERSION", "CODEBUILD_SOURCE_VERSION", "CODEBUILD_BUILD_URL")
    return {name: value for name, value in values.items() if value or name not in may_be_absent}


def _written(reference: SecretReference) -> str:
    parts = (reference.secret_id, reference.json_key, reference.version_stage, reference.version_id)
    return ":".join(parts).rstrip(":")


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
    reference = sections.reference(written)
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
