"""E9606: an output artifact is made by its build, with the file in it that a later action takes."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from buildspecs.reading.model import Artifacts, Buildspec
from contracts.pipelines import PIPELINE, actions, inputs, outputs, provider
from contracts.project_index import ProjectIndex
from contracts.projects import PROJECT
from reporting.findings import Finding
from system_model.system import Resource, mapping

FILES = {"ECS": "imagedefinitions.json", "CodeDeployToECS": "imageDetail.json"}
"""The file that a deploy action takes when its configuration names none.

https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html
"""


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at each CodeBuild action with an output, and at each deploy action that wants one file of it."""
    for pipeline in index.system.resources(PIPELINE):
        wanted = dict(_wanted(pipeline, index))
        for action in actions(pipeline):
            for number, name in enumerate(outputs(action)):
                project = project_of(action, pipeline, index)
                specification = None if project is None else index.buildspecs.of(project)
                if project is None or specification is None:
                    continue
                made = _made(specification.spec, name, is_first=number == 0)
                sentence = _fault(made, wanted.get(name), specification.file)
                if sentence:
                    yield index.finding(
                        "E9606",
                        pipeline,
                        ("Properties", "Stages"),
                        f"Action {action.get('Name')} of {pipeline} hands on the artifact {name}{sentence}",
                        f"List the file under artifacts/files in {specification.file}.",
                    )


def project_of(action: Mapping[str, Any], pipeline: Resource, index: ProjectIndex) -> Resource | None:
    """Give the project that an action runs."""
    if provider(action) != "CodeBuild":
        return None
    name = index.text(mapping(action.get("Configuration")).get("ProjectName"), pipeline.stack)
    return index.named(PROJECT, name)


def maker_of(artifact: str, pipeline: Resource, index: ProjectIndex) -> Resource | None:
    """Give the project whose build hands on an artifact."""
    made = (one for one in actions(pipeline) if artifact in outputs(one))
    return next((project for one in made if (project := project_of(one, pipeline, index))), None)


def _wanted(pipeline: Resource, index: ProjectIndex) -> Iterator[tuple[str, str]]:
    for action in actions(pipeline):
        default = FILES.get(provider(action))
        if default is not None:
            given = mapping(action.get("Configuration")).get("FileName")
            for name in inputs(action)[:1]:
                yield name, index.text(given, pipeline.stack) or default


def _made(spec: Buildspec, name: str, *, is_first: bool) -> Artifacts | None:
    """Give what becomes the output artifact ``name``: with several of them, the secondary artifact of that name.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    return spec.artifacts if is_first and not spec.secondary_artifacts else spec.secondary_artifacts.get(name)


def _fault(made: Artifacts | None, wanted: str | None, file: str) -> str:
    if made is None:
        return f", but {file} makes none, or none of that name: neither artifacts nor secondary-artifacts has it."
    if wanted is None or any(_gives(pattern, wanted, made) for pattern in made.files):
        return ""
    return f" to an action that takes {wanted} from it, but {file} puts only {', '.join(made.files)} into it."


def _gives(pattern: str, wanted: str, made: Artifacts) -> bool:
    """Tell whether files that fit ``pattern`` can have the path ``wanted`` in the artifact."""
    if made.discard_paths:
        return fnmatchcase(PurePosixPath(wanted).name, PurePosixPath(pattern).name) or pattern.endswith("**/*")
    return fnmatchcase(wanted, pattern.removeprefix("./")) or pattern.endswith("**/*") or "$" in pattern
