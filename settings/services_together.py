"""What services of one system must not share, and names that are only wrong together."""

from collections.abc import Callable, Sequence

from aws_facts.codepipeline import PIPELINE_LENGTH, folder_of_pipeline
from settings.service import Service
from settings.validation_errors import ValidationErrors

OF_ITS_OWN: dict[str, Callable[[Service], str]] = {
    "name": lambda service: service.name,
    "pipeline": lambda service: service.delivered.pipeline,
    "image_repository": lambda service: service.image_repository,
    "task_family": lambda service: service.task_family,
    "log_group": lambda service: service.log_group,
    "priority": lambda service: str(service.priority or ""),
}
"""The keys whose value each service has for itself."""

SHARED_STACKS = ("database", "foundation", "runtime")
"""How the names of the stacks end that belong to no service."""

LONGEST_ROLE_NAME = 64
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def check(errors: ValidationErrors, application: str, services: Sequence[Service]) -> None:
    """Note every fault that is one only because of the other services, or of the application's name."""
    for key, value_of in OF_ITS_OWN.items():
        _refuse_repeated(errors, key, [value_of(one) for one in services])
    _refuse_names_of_other_stacks(errors, [one.name for one in services])
    _refuse_shared_folders(errors, [one.delivered.pipeline for one in services])
    _refuse_long_names(errors, application, services)


def _refuse_repeated(errors: ValidationErrors, key: str, values: list[str]) -> None:
    for value in dict.fromkeys(values):
        if value and values.count(value) > 1:
            found = f"{value!r} {values.count(value)} times"
            errors.add("services", key, found, "a value of its own for each service")


def _refuse_names_of_other_stacks(errors: ValidationErrors, names: list[str]) -> None:
    """Refuse services whose stack, application-service, would have the name of another stack."""
    pipelines = {f"{name}-pipeline": f"the pipeline of {name}" for name in names}
    others = {**pipelines, **{name: f"the {name}, which all services share" for name in SHARED_STACKS}}
    for name in dict.fromkeys(names):
        if name in others:
            found = f"{name!r}, the name of the stack of {others[name]}"
            errors.add("services", "name", found, "a name that no other stack has")


def _refuse_shared_folders(errors: ValidationErrors, pipelines: list[str]) -> None:
    """Refuse names that are cut to the same folder of the artifact bucket: roles could not be kept apart there."""
    folders: dict[str, list[str]] = {}
    for name in dict.fromkeys(filter(None, pipelines)):
        folders.setdefault(folder_of_pipeline(name), []).append(name)
    for folder, names in folders.items():
        if len(names) > 1:
            allowed = (
                f"names that differ within their first {PIPELINE_LENGTH} characters, of which CodePipeline makes the "
                "folder of a pipeline's artifacts"
            )
            found = f"{' and '.join(map(repr, names))}, which all begin {folder!r}"
            errors.add("services", "pipeline", found, allowed)


def _refuse_long_names(errors: ValidationErrors, application: str, services: Sequence[Service]) -> None:
    """Refuse names whose combination would be too long for a role, of which ours end in at most 16 characters."""
    room = LONGEST_ROLE_NAME - len("-execution-role-") - len(application)
    for item in services:
        if len(item.name) > room:
            allowed = f"at most {room} characters, as role names begin with {application!r} and end at 64"
            errors.add("services", "name", f"{item.name!r}, {len(item.name)} characters", allowed)
