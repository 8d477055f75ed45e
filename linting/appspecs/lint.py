"""Judges an AppSpec file by all rules."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aws_facts import facts
from buildspecs.reading.document import DocumentError, Fields, Items, Node, Position, Text, parse
from linting.appspecs.catalogue import (
    NOT_YAML,
    UNKNOWN_HOOK,
    UNKNOWN_KEY,
    WRONG_RESOURCE,
    WRONG_VERSION,
)
from reporting.findings import Finding, RuleText, Severity

VERSION = 0.0


class Fault(NamedTuple):
    """What is wrong at one place, and the remedy."""

    rule: RuleText
    position: Position
    sentence: str
    remedy: str


class Member(NamedTuple):
    """A key of a mapping as it is written, and its value."""

    name: str
    position: Position
    value: Node


def findings(content: bytes, file: str) -> list[Finding]:
    """Return all that is wrong with an AppSpec file, in the order of its lines; any bytes may be given."""
    return sorted(
        Finding(
            file=file,
            line=fault.position.line,
            column=fault.position.column,
            id=fault.rule.id,
            severity=Severity.ERROR,
            sentence=fault.sentence,
            remedy=fault.remedy,
            title=fault.rule.shortdesc,
            source=fault.rule.source_url,
        )
        for fault in _faults(content)
    )


def _faults(content: bytes) -> Iterator[Fault]:
    try:
        root = parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        yield Fault(NOT_YAML, Position(1, 1), "The file is not UTF-8 text.", "Save it as UTF-8.")
        return
    except DocumentError as error:
        yield Fault(NOT_YAML, error.position, f"The file is not YAML: {error.message}.", "Write it as YAML or JSON.")
        return
    if not isinstance(root, Fields):
        yield Fault(NOT_YAML, Position(1, 1), "The file is not a mapping.", "Write version, Resources and Hooks.")
        return
    members = _members(root)
    yield from _version(root, members)
    platform = facts("appspec")["resources" if "resources" in members else "server"]
    for key, member in members.items():
        if key not in platform["keys"]:
            sentence = f"'{member.name}' is not a section of this AppSpec file."
            yield Fault(UNKNOWN_KEY, member.position, sentence, f"Use {', '.join(platform['keys'])}.")
    yield from _of_resources(members) if "resources" in members else _of_servers(members, platform)


def _members(node: Node) -> Mapping[str, Member]:
    """Return the keys of a mapping in small letters: CodeDeploy reads them in any case."""
    entries = node.entries if isinstance(node, Fields) else ()
    return {one.key.lower(): Member(one.key, one.position, one.value) for one in entries}


def _version(root: Fields, members: Mapping[str, Member]) -> Iterator[Fault]:
    version = members.get("version")
    written = version.value.written if version and isinstance(version.value, Text) else ""
    try:
        known = float(written) == VERSION
    except ValueError:
        known = False
    if not known:
        position = version.position if version else root.position
        yield Fault(WRONG_VERSION, position, f"The version is '{written}'.", "Write version: 0.0.")


def _of_servers(members: Mapping[str, Member], platform: Mapping[str, Any]) -> Iterator[Fault]:
    system = members.get("os")
    if system and isinstance(system.value, Text) and system.value.written.lower() not in platform["os"]:
        sentence = f"'{system.value.written}' is not an operating system that CodeDeploy knows."
        yield Fault(UNKNOWN_KEY, system.position, sentence, "Write os: linux or os: windows.")
    if "hooks" in members:
        for name, position in _names(members["hooks"].value):
            yield from _hook(name, position, platform["hooks"], "a server")


def _of_resources(members: Mapping[str, Member]) -> Iterator[Fault]:
    types = facts("appspec")["resources"]["types"]
    hooks = {name for one in types.values() for name in one["hooks"]}
    for name, position, value in _resources(members["resources"].value):
        parts = _members(value)
        kind = _text(parts.get("type"))
        if kind not in types:
            sentence = f"The type of {name} is '{kind}'." if kind else f"{name} has no type."
            yield Fault(WRONG_RESOURCE, position, sentence, f"Write Type: {' or '.join(types)}.")
            continue
        hooks = set(types[kind]["hooks"])
        yield from _properties(Member(name, position, value), parts, types[kind])
    if "hooks" in members:
        for name, position in _names(members["hooks"].value):
            yield from _hook(name, position, sorted(hooks), "this resource")


def _resources(node: Node) -> Iterator[Member]:
    holders = node.items if isinstance(node, Items) else (node,)
    for holder in holders:
        yield from _members(holder).values()


def _properties(resource: Member, parts: Mapping[str, Member], known: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    given = _members(parts["properties"].value) if "properties" in parts else {}
    for name in known["required"]:
        if name.lower() not in given:
            sentence = f"{resource.name} has no {name}."
            yield Fault(WRONG_RESOURCE, resource.position, sentence, f"Write {name} among its Properties.")
    for key, member in given.items():
        allowed = [*known["required"], *known["optional"]]
        if key not in {name.lower() for name in allowed}:
            sentence = f"'{member.name}' is not a property of {resource.name}."
            yield Fault(WRONG_RESOURCE, member.position, sentence, f"Use {', '.join(allowed)}.")
    if "loadbalancerinfo" in given:
        balancer = _members(given["loadbalancerinfo"].value)
        for name in ("ContainerName", "ContainerPort"):
            if name.lower() not in balancer:
                position = given["loadbalancerinfo"].position
                yield Fault(WRONG_RESOURCE, position, f"LoadBalancerInfo has no {name}.", f"Write {name} in it.")


def _text(member: Member | None) -> str:
    return member.value.written if member and isinstance(member.value, Text) else ""


def _names(hooks: Node) -> Iterator[tuple[str, Position]]:
    holders = hooks.items if isinstance(hooks, Items) else (hooks,)
    for holder in holders:
        yield from ((one.name, one.position) for one in _members(holder).values())


def _hook(name: str, position: Position, allowed: Sequence[str], of: str) -> Iterator[Fault]:
    if name.lower() not in {one.lower() for one in allowed}:
        yield Fault(UNKNOWN_HOOK, position, f"'{name}' is not a hook of {of}.", f"Use {', '.join(allowed)}.")
