"""What somebody must be allowed to do, and what of it the role does not allow."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.project_index import ProjectIndex
from system_model.answers import Answer
from system_model.conditions import Context
from system_model.roles import Role
from system_model.system import Resource


@dataclass(frozen=True)
class Requirement:
    """``who`` (a resource with a role) needs ``action`` on ``resource``, since ``why``; ``source`` is AWS's page.

    Without one that is ``likely`` it works in some cases; with ``either`` one of these actions is enough. ``shows`` is
    what AWS says where it is not allowed.
    """

    who: Resource
    action: str
    resource: str
    why: str
    source: str
    context: Mapping[str, str] = field(default_factory=dict)
    likely: bool = False
    either: tuple[str, ...] = ()
    shows: str = ""


@dataclass(frozen=True)
class Usage:
    """A resource that acts under the role that ``reference`` names, which ``service`` assumes under ``context``."""

    who: Resource
    reference: Any
    service: str
    context: Mapping[str, str]
    needs: Iterable[Requirement]


@dataclass(frozen=True)
class Lack:
    """A role that does not allow what ``who`` needs of it: ``missing``, of which there is at least one."""

    who: Resource
    role: Role
    missing: tuple[Requirement, ...]

    @property
    def is_certain(self) -> bool:
        """Whether it fails wherever it runs, and not in a likely case alone."""
        lacking = {need.action for need in self.missing}
        return any(lacking.issuperset(need.either) if need.either else not need.likely for need in self.missing)


@dataclass(frozen=True)
class Judged:
    """A need of a role, and whether it is ``missing`` for certain."""

    role: Role
    need: Requirement
    missing: bool

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others: logical ids of user and role, action, resource."""
        return self.need.who.logical_id, self.role.id, self.need.action, self.need.resource


def judged(uses: Iterable[Usage], index: ProjectIndex) -> Iterator[Judged]:
    """Return each need of each role that the templates make."""
    for use in uses:
        role = index.roles.of(use.reference, use.who.stack)
        if role is not None:
            for need in use.needs:
                yield Judged(role, need, _is_missing(need, role, index))


def lacks(every: Iterable[Judged]) -> Iterator[Lack]:
    """Return for each user of a role what the role does not allow it."""
    grouped: dict[tuple[str, str], list[Judged]] = {}
    for one in every:
        if one.missing:
            grouped.setdefault((str(one.need.who), str(one.role.resource)), []).append(one)
    for found in grouped.values():
        missing = {(one.need.action, one.need.resource): one.need for one in found}
        yield Lack(found[0].need.who, found[0].role, tuple(missing.values()))


def untrusted(uses: Iterable[Usage], index: ProjectIndex) -> Iterator[tuple[Usage, Role]]:
    """Return each use of a role that its service can't assume."""
    for use in uses:
        role = index.roles.of(use.reference, use.who.stack)
        if role is not None and role.trusts(use.service, _lowered(use.context)) is Answer.NO:
            yield use, role


def _is_missing(need: Requirement, role: Role, index: ProjectIndex) -> bool:
    ways = [need.resource]
    if need.action == "logs:CreateLogGroup":  # AWS names the group in some refusals, its streams in others
        ways.append(need.resource.partition(":log-stream:")[0])
    if any(role.allows(need.action, way, _lowered(need.context)) is not Answer.NO for way in ways):
        return False
    if need.action == "s3:GetObjectVersion" and _keeps_no_versions(need.resource, index):
        return False
    if index.system.whole:
        return True
    return not _is_of_unknown_key(need, index) and not index.resource_policies.may_grant(role, need.action)


def _keeps_no_versions(resource: str, index: ProjectIndex) -> bool:
    """Whether an object is in a bucket of the templates that never had versions."""
    bucket = index.named("AWS::S3::Bucket", resource.rpartition(":::")[2].partition("/")[0])
    return bucket is not None and "VersioningConfiguration" not in bucket.properties


def _is_of_unknown_key(need: Requirement, index: ProjectIndex) -> bool:
    """Whether a key is not of the template: its policy may grant it to the role, and often does."""
    return need.action.startswith("kms:") and not any(
        index.text({"Fn::GetAtt": [key.logical_id, "Arn"]}, key.stack) == need.resource
        for key in index.system.resources("AWS::KMS::Key")
    )


def _lowered(context: Mapping[str, str]) -> Context:
    return {key.lower(): value for key, value in context.items()}
