"""What roles asked for in the scenarios: decisions of the ledger, made the same for every run."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from system_model.roles import Role

REQUEST = "request"
"""The origin of what a role asked for itself; any other names the step of a service that asks in its name."""

PASSING = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthpresent",
        "aws:principalarn",
        "aws:principaltype",
        "aws:sourceip",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:userid",
    }
)
"""Condition keys that say when and where a request was made; no policy of a release can be made of them."""

_STACK = "aws:principaltag/aws:cloudformation:stack-name"
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html"""

_CHANGING = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "00000000-0000-0000-0000-000000000000"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"), "0" * 64),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])"), "0" * 40),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"), "0" * 32),
    (re.compile(r"(:task-definition/[^:]+):\d+$"), r"\1:1"),
    (re.compile(r"^(arn:aws:s3:::[^/]+/[^/]+/[^/]+)/[A-Za-z0-9]{7}$"), r"\1/artifact"),
)
"""What AWS makes up for every build, task, revision, image and artifact, and what stands for it."""


@dataclass(frozen=True, order=True)
class Use:
    """Where a call was made: in which scenario, by which action of the pipeline or which other doing."""

    scenario: str
    step: str


@dataclass(frozen=True)
class Call:
    """An action that a role asked for on one resource, and what came of it.

    ``role`` is a logical id. ``origin`` and ``source`` name the step of a service that asked for it in the role's
    name, and the page that demands its right; they are ``request`` and empty for the role's own requests.
    """

    role: str
    action: str
    resource: str
    context: tuple[tuple[str, str], ...]
    allowed: bool
    origin: str = REQUEST
    source: str = ""
    reason: str = ""
    uses: tuple[Use, ...] = field(default=(), compare=False)

    @property
    def stack(self) -> str:
        """The stack that made the role, which has the same logical id in the stack of each service; empty: unknown."""
        return dict(self.context).get(_STACK, "")


UseOf = Callable[[Mapping[str, Any], str], Use]
"""Tells where a line of the ledger belongs; it is given the line and its role's logical id."""


class Normalizer:
    """Calls things alike from run to run: ``names`` gives, for what AWS called them, what the templates do."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = sorted(names.items(), key=lambda pair: -len(pair[0]))

    def text(self, text: str) -> str:
        """Return ``text`` with its names replaced."""
        for found, put in self._names:
            text = text.replace(found, put)
        for pattern, replacement in _CHANGING:
            text = pattern.sub(replacement, text)
        return text


def calls_of(
    lines: Iterable[Mapping[str, Any]], roles: Sequence[Role], alike: Normalizer, use_of: UseOf, arns: Mapping[str, str]
) -> list[Call]:
    """Read the ledger's lines about ``roles``; ``arns`` gives the logical id for a role's ARN in the local AWS."""
    known = {role.id for role in roles}
    found: dict[Call, set[Use]] = {}
    for line in lines:
        role = arns.get(line["principal"])
        if role not in known:
            continue
        for resource in line["resources"]:
            found.setdefault(_call(line, str(role), resource, alike), set()).add(use_of(line, str(role)))
    return [_used(call, uses) for call, uses in found.items()]


def _call(line: Mapping[str, Any], role: str, resource: str, alike: Normalizer) -> Call:
    context = {key: alike.text(str(value)) for key, value in line["context"].items() if key.lower() not in PASSING}
    return Call(
        role=role,
        action=line["action"],
        resource=alike.text(resource),
        context=tuple(sorted(context.items())),
        allowed=line["decision"] == "Allow",
        origin=line.get("origin") or REQUEST,
        source=line.get("source") or "",
        reason=alike.text(line.get("reason") or ""),
    )


def _used(call: Call, uses: Iterable[Use]) -> Call:
    return Call(**{**vars(call), "uses": tuple(sorted(uses))})


def together(several: Iterable[Sequence[Call]]) -> list[Call]:
    """Return the calls of several lists, each call once with all its uses."""
    found: dict[Call, set[Use]] = {}
    for calls in several:
        for call in calls:
            found.setdefault(call, set()).update(call.uses)
    return [_used(call, uses) for call, uses in found.items()]
