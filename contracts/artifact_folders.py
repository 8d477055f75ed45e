"""E9613: the roles of one pipeline reach no artifact of another in the same bucket."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

from aws_facts.codepipeline import PIPELINE_LENGTH
from contracts.artifacts import project_of
from contracts.permissions.implied import OWN_BUCKET
from contracts.permissions.of_pipelines import stored
from contracts.project_index import PIPELINE, ProjectIndex, actions, folder, names_of_artifacts
from reporting.findings import Finding
from system_model.answers import Answer
from system_model.roles import Role
from system_model.statements import Statement
from system_model.system import Resource, mapping

_VERBS = {"s3:GetObject": "read", "s3:PutObject": "overwrite"}
_WILDCARD = re.compile("[*?]")
_CONTEXT = {key.lower(): value for key, value in OWN_BUCKET.items()}


@dataclass(frozen=True)
class Place:
    """A pipeline whose name is known, the folder of its artifacts, and one object of each.

    ``roles`` are those that the pipeline uses, each with its reach by each verb for objects in such a bucket.
    """

    pipeline: Resource
    bucket: str
    folder: str
    objects: Sequence[str]
    roles: Mapping[Resource, Mapping[str, "Reach"]]


@dataclass(frozen=True)
class Reach:
    """The statements of a role about one verb of objects."""

    statements: Sequence[Statement]

    @cached_property
    def _heads(self) -> tuple[str, ...]:
        """What the patterns of the statements that allow say before their first wildcard."""
        allowing = [one for one in self.statements if one.allows]
        patterns = [("*",) if one.not_resources else one.resources for one in allowing]
        return tuple(_WILDCARD.split(pattern, maxsplit=1)[0] for each in patterns for pattern in each)

    def allows(self, resource: str) -> bool:
        """Check whether the statements allow the verb on one object; of most pairs of pipelines, their heads tell."""
        if not resource.startswith(self._heads):
            return False
        covering = [one for one in self.statements if one.names_resource(resource) is not Answer.NO]
        return bool(covering) and all(one.allows for one in covering)


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Compare the pipelines of each bucket two by two."""
    for one, other in permutations(_places(index), 2):
        if one.bucket != other.bucket:
            continue
        if one.folder == other.folder:
            yield _shared(one, other, index)
        else:
            yield from _reached(one, other, index)


def _places(index: ProjectIndex) -> list[Place]:
    found = []
    for pipeline in index.system.resources(PIPELINE):
        name = folder(pipeline, index)
        bucket = index.text(mapping(pipeline.properties.get("ArtifactStore")).get("Location"), pipeline.stack)
        if name is not None and bucket is not None:
            objects = [stored(pipeline, artifact, index)["object"] for artifact in names_of_artifacts(pipeline)]
            roles = {role.resource: _of_objects(role) for role in _roles(pipeline, index)}
            found.append(Place(pipeline, bucket, name, objects, roles))
    return found


def _roles(pipeline: Resource, index: ProjectIndex) -> list[Role]:
    projects = [project for action in actions(pipeline) if (project := project_of(action, pipeline, index))]
    references = [(pipeline.properties.get("RoleArn"), pipeline.stack)]
    references += [(project.properties.get("ServiceRole"), project.stack) for project in projects]
    roles = [index.roles.of(reference, stack) for reference, stack in references]
    return [role for role in roles if role is not None]


def _of_objects(role: Role) -> Mapping[str, Reach]:
    meant = [one for one in role.statements if one.meets(_CONTEXT) is not Answer.NO]
    return {action: Reach([one for one in meant if one.names_action(action.lower())]) for action in _VERBS}


def _shared(one: Place, other: Place, index: ProjectIndex) -> Finding:
    return index.finding(
        "E9613",
        one.pipeline,
        ("Properties", "Name"),
        f"The artifacts of {one.pipeline} and of {other.pipeline} lie in one folder of one bucket, {one.folder}, which "
        "CodePipeline makes of the name's beginning: no role can be kept from the other's.",
        f"Let the names differ within their first {PIPELINE_LENGTH} characters.",
    )


def _reached(one: Place, other: Place, index: ProjectIndex) -> Iterator[Finding]:
    apart = {role: reach for role, reach in one.roles.items() if role not in other.roles}
    for role, reach in apart.items():
        for action, verb in _VERBS.items():
            reached = next(filter(reach[action].allows, other.objects), None)
            if reached is not None:
                yield index.finding(
                    "E9613",
                    role,
                    ("Properties", "Policies"),
                    f"{role}, which acts for {one.pipeline}, may {verb} the artifacts of {other.pipeline}: it is "
                    f"allowed {action} on {reached}.",
                    f"Limit the statement to the objects below {one.folder}/ in the bucket.",
                )
