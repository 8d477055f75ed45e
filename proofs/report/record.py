"""What the last proof saw, `record.json`: the calls of all scenarios, and the roles that they were held against.

It is committed with the page that is made of it. Whoever changes a role is told that it no longer speaks of it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.analysis.calls import REQUEST, Call, Use
from settings.root import PROJECT_ROOT
from system_model.roles import Role

FILE = PROJECT_ROOT / "proofs" / "record.json"
ABOUT = "Made by `make prove`; docs/permissions.md is made of it. Do not change it by hand."


@dataclass(frozen=True)
class Record:
    """``roles`` gives a digest of each role, by build and name; ``calls`` those of each scenario."""

    roles: Mapping[str, Mapping[str, str]]
    calls: Mapping[str, Sequence[Call]]


def of(builds: Mapping[str, Sequence[Role]], calls: Mapping[str, Sequence[Call]]) -> Record:
    """Make the record of calls, by scenario, and of the roles of each build."""
    return Record({name: digests(roles) for name, roles in builds.items()}, calls)


def digests(roles: Iterable[Role]) -> dict[str, str]:
    """Return a digest of what each role may do, and of who may take it."""
    told = {
        f"{role.stack}.{role.id}": [role.shown_trust, [one.shown for one in role.statements], role.managed]
        for role in roles
    }
    return {name: _digest(json.dumps(value, sort_keys=True).encode()) for name, value in told.items()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def read(path: Path = FILE) -> Record:
    """Read the record."""
    told = json.loads(path.read_bytes())
    found: dict[str, list[Call]] = {}
    for one in told["calls"]:
        for scenario, steps in one["uses"].items():
            found.setdefault(scenario, []).append(_call(one, tuple(Use(scenario, step) for step in steps)))
    return Record(told["roles"], found)


def _call(told: Mapping[str, Any], uses: tuple[Use, ...]) -> Call:
    return Call(
        role=told["role"],
        action=told["action"],
        resource=told["resource"],
        context=tuple(sorted(told["context"].items())),
        allowed=True,
        origin=told.get("origin", REQUEST),
        source=told.get("source", ""),
        uses=uses,
    )


def written(record: Record) -> str:
    """Return the record as text: a line for each call, in an order that does not change from run to run."""
    calls = sorted({call for several in record.calls.values() for call in several}, key=_order)
    lines = [json.dumps(_told(call, record.calls), sort_keys=True) for call in calls]
    head = {"about": ABOUT, "roles": record.roles}
    return json.dumps(head, indent=1)[:-2] + ',\n "calls": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"


def _order(call: Call) -> tuple[str, ...]:
    return call.role, call.action, call.resource, call.origin, str(call.context)


def _told(call: Call, calls: Mapping[str, Sequence[Call]]) -> dict[str, Any]:
    uses = {
        scenario: sorted({use.step for one in several if one == call for use in one.uses})
        for scenario, several in calls.items()
    }
    step = {} if call.origin == REQUEST else {"origin": call.origin, "source": call.source}
    return {
        "role": call.role,
        "action": call.action,
        "resource": call.resource,
        "context": dict(call.context),
        **step,
        "uses": {scenario: steps for scenario, steps in uses.items() if steps},
    }
