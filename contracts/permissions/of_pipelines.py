"""What each pipeline needs: of its artifact store, and action by action."""

from collections.abc import Iterator, Mapping
from typing import Any

from aws_facts.codepipeline import folder_of_artifact
from contracts.permissions.implied import needs
from contracts.permissions.of_actions import Action, of_action
from contracts.permissions.required import Requirement, Usage
from contracts.project_index import PIPELINE, ProjectIndex, actions, folder, inputs, outputs, provider
from system_model.conditions import UNKNOWN
from system_model.names import plain_name
from system_model.system import Resource, mapping
from system_model.wording import OPEN

_HERE = "${AWS::Region}:${AWS::AccountId}"


def uses(index: ProjectIndex) -> Iterator[Usage]:
    """Return how each pipeline uses its role, and those of its actions that have one of their own."""
    for pipeline in index.system.resources(PIPELINE):
        arn = f"arn:${{AWS::Partition}}:codepipeline:{_HERE}:{plain_name(pipeline, index.resolver)}"
        context = {"aws:SourceAccount": "${AWS::AccountId}", "aws:SourceArn": arn}
        own = pipeline.properties.get("RoleArn")
        wanted = [*needs("artifact store", pipeline, stored(pipeline, "", index))] if index.system.whole else []
        for action in actions(pipeline):
            role = action.get("RoleArn")
            needed = [*_handed(pipeline, action, index), *of_action(Action(pipeline, action, index))]
            if role in (None, own):
                wanted += needed
                continue
            arn = index.text(role, pipeline.stack) or UNKNOWN
            wanted += needs("role of an action", pipeline, {"role": arn}, f"for action {action.get('Name')}, ")
            if not index.system.whole:
                yield Usage(pipeline, role, "", {}, needed)
        yield Usage(pipeline, own, "codepipeline.amazonaws.com", context, wanted)


def stored(pipeline: Resource, artifact: str, index: ProjectIndex) -> Mapping[str, str]:
    """Return the ARNs of the artifact store: bucket, an object of ``artifact``, and key where it has one."""
    given = mapping(pipeline.properties.get("ArtifactStore"))
    name = index.text(given.get("Location"), pipeline.stack)
    if name is None and not index.system.whole:
        return {"bucket": UNKNOWN, "object": UNKNOWN}  # a store for each region
    bucket = f"arn:${{AWS::Partition}}:s3:::{name}"
    key = index.text(mapping(given.get("EncryptionKey")).get("Id"), pipeline.stack)
    own = plain_name(pipeline, index.resolver) if folder(pipeline, index) else None
    unknown = UNKNOWN if index.system.whole else f"{bucket}/{OPEN}"
    places = {"bucket": bucket, "object": f"{bucket}/{folder_of_artifact(own, artifact)}/OBJECT" if own else unknown}
    if key is None or "alias/aws/" in key:
        return places
    here = f"arn:${{AWS::Partition}}:kms:{_HERE}:key"
    return {**places, "key": key if key.startswith("arn:") else f"{here}/{key}"}


def _handed(pipeline: Resource, action: Mapping[str, Any], index: ProjectIndex) -> Iterator[Requirement]:
    """Return the needs for the artifacts of an action; what a build makes, its own role stores."""
    about = f"in action {action.get('Name')}, "
    is_build = provider(action) == "CodeBuild"
    for name in inputs(action):
        occasion = "artifact for a build" if is_build else "taken artifact"
        yield from needs(occasion, pipeline, stored(pipeline, name, index), about)
    for name in [] if is_build else outputs(action):
        yield from needs("made artifact", pipeline, stored(pipeline, name, index), about)
