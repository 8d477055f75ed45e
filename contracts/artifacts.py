"""E9606: an output artifact is made by its build, with the files in it that later actions take."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from buildspecs.reading.model import Artifacts, Buildspec
from contracts.deployments.taken_files import files_taken
from contracts.project_index import PIPELINE, PROJECT, ProjectIndex, actions, inputs, outputs, provider
from reporting.findings import Finding
from system_model.system import Resource, mapping

_OTHER_BUILDS = ("BatchEnabled", "BuildspecOverride")
"""Keys of an action that runs something else than the project's own buildspec, or more than it."""


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at each CodeBuild action with an output, and at each deploy action that wants files of it."""
    for pipeline in index.system.resources(PIPELINE):
        wanted: dict[str, list[str]] = {}
        for action in actions(pipeline):
            for name, file in files_taken(action, pipeline, index):
                wanted.setdefault(name, []).append(file)
        for action in actions(pipeline):
            yield from _of_action(action, pipeline, wanted, index)


def _of_action(
    action: Mapping[str, Any], pipeline: Resource, wanted: Mapping[str, list[str]], index: ProjectIndex
) -> Iterator[Finding]:
    project = project_of(action, pipeline, index)
    specification = None if project is None else index.buildspecs.of(project)
    if specification is None or any(key in mapping(action.get("Configuration")) for key in _OTHER_BUILDS):
        return
    for number, name in enumerate(outputs(action)):
        if not index.system.whole and not any(name in inputs(one) for one in actions(pipeline)):
            continue  # an artifact that nobody takes need not be there
        made = _made(specification.spec, name, is_first=number == 0)
        sentence = _fault(made, wanted.get(name, []), specification.file)
        if sentence:
            yield index.finding(
                "E9606",
                pipeline,
                ("Properties", "Stages"),
                f"Action {action.get('Name')} of {pipeline} hands on the artifact {name}{sentence}",
                f"List the file under artifacts/files in {specification.file}.",
            )


def project_of(action: Mapping[str, Any], pipeline: Resource, index: ProjectIndex) -> Resource | None:
    """Return the project that an action runs."""
    if provider(action) != "CodeBuild":
        return None
    name = index.text(mapping(action.get("Configuration")).get("ProjectName"), pipeline.stack)
    return index.named(PROJECT, name)


def maker_of(artifact: str, pipeline: Resource, index: ProjectIndex) -> Resource | None:
    """Return the project whose build hands on an artifact."""
    made = (one for one in actions(pipeline) if artifact in outputs(one))
    return next((project for one in made if (project := project_of(one, pipeline, index))), None)


def _made(spec: Buildspec, name: str, *, is_first: bool) -> Artifacts | None:
    """Return what becomes the output artifact ``name``: with several of them, the secondary artifact of that name.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    return spec.artifacts if is_first and not spec.secondary_artifacts else spec.secondary_artifacts.get(name)


def _fault(made: Artifacts | None, wanted: list[str], file: str) -> str:
    if made is None:
        return f", but {file} makes none, or none of that name: neither artifacts nor secondary-artifacts has it."
    lacking = [one for one in wanted if not any(_gives(pattern, one, made) for pattern in made.files)]
    if not lacking:
        return ""
    names = " and ".join(dict.fromkeys(lacking))
    return f" to an action that takes {names} from it, but {file} puts only {', '.join(made.files)} into it."


def _gives(pattern: str, wanted: str, made: Artifacts) -> bool:
    """Return whether files that fit ``pattern`` can have the path ``wanted`` in the artifact."""
    if pattern.endswith("**/*") or "$" in pattern or "${" in wanted:
        return True
    # A base directory that is a glob leaves a part of it before the path.
    if made.discard_paths or any(sign in made.base_directory for sign in "*?$"):
        return fnmatchcase(PurePosixPath(wanted).name, PurePosixPath(pattern).name)
    plain = pattern.removeprefix("./")
    return fnmatchcase(wanted, plain) or ("**/" in plain and fnmatchcase(wanted, plain.replace("**/", "")))
