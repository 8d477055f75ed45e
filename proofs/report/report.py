"""What `make prove` says on the terminal, or to machines."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from proofs.analysis.analysis import Judged
from proofs.analysis.calls import REQUEST
from proofs.analysis.minimal_policy import MinimalPolicy
from proofs.rehearsal.rehearsal_runner import Evidence, Failure
from proofs.report.page_roles import first_refusal, uses
from reporting.findings import Finding
from reporting.terminal import styled


def told(everything: Judged, evidence: Evidence, findings: Sequence[Finding], samples: Sequence[str] = ()) -> str:
    """Return the report as text: each role and statement with its uses, samples, what is wrong, the verdict."""
    lines = [line for held in everything.held for line in _role(held, everything)]
    lines += [*_failure(evidence.failure), *_left_out(evidence)]
    lines += [*samples, *(styled(str(finding), "red") for finding in findings)]
    return "\n".join([*lines, verdict(evidence, findings)])


def verdict(evidence: Evidence, findings: Sequence[Finding]) -> str:
    """Say in one sentence what it comes to."""
    if evidence.failure or findings:
        count = len(findings)
        return f"Not proven: {count} finding{'' if count == 1 else 's'}" + (
            ", and a scenario failed." if evidence.failure else "."
        )
    if evidence.left_out:
        return f"Not proven: {len(evidence.left_out)} scenarios could not be played."
    return (
        "Proven: nothing that is needed is missing, nothing that is granted is unneeded, and what must be refused is."
    )


def _role(held: MinimalPolicy, judged: Judged) -> Iterator[str]:
    tried = sum(one.attempt.role is held.role and not one.attempt.fair for one in judged.refusals)
    ways = [one.way.id for one in judged.open if one.role is held.role]
    closed = "no way to more rights" if not ways else f"known ways: {', '.join(ways)}"
    yield styled(f"{held.role.id}", "bold") + f"  ({tried} near misses tried, {closed})"
    for statement in held.role.grants:
        for action in statement.actions:
            yield f"  {statement.sid:24} {action:40} {_use(held, statement.sid, action)}"


def _use(held: MinimalPolicy, sid: str, action: str) -> str:
    for removal in held.removals:
        if removal.cut.statement.sid == sid and removal.cut.action == action:
            if removal.exemption:
                return f"not exercised here: {removal.exemption.why}"
            calls = held.allowed_by.get((removal.cut.statement, action), ())
            steps = sorted({call.origin for call in calls if call.origin != REQUEST})
            return uses(calls) + (f" (in its name: {', '.join(steps)})" if steps else "")
    return ""


def _failure(failure: Failure | None) -> Iterator[str]:
    if failure is not None:
        yield styled(f"Scenario {failure.scenario}: {failure.sentence}", "red")
        yield from (f"  {line}" for line in failure.told.splitlines())


def _left_out(evidence: Evidence) -> Iterator[str]:
    for scenario, reason in evidence.left_out.items():
        yield styled(f"Scenario {scenario} was not played: {reason}.", "yellow")


def members(everything: Judged, evidence: Evidence, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the report as JSON members."""
    return {
        "proven": evidence.is_whole and not findings,
        "verdict": verdict(evidence, findings),
        "scenarios": {"played": list(evidence.calls), "left_out": evidence.left_out},
        "failure": asdict(evidence.failure) if evidence.failure else None,
        "findings": [asdict(finding) for finding in findings],
        "roles": [_members(held, everything) for held in everything.held],
    }


def _members(held: MinimalPolicy, judged: Judged) -> dict[str, Any]:
    statements: list[Mapping[str, Any]] = [
        {
            "sid": removal.cut.statement.sid,
            "action": removal.cut.action,
            "resource": None
            if removal.cut.resource is None
            else removal.cut.statement.shown_resources[removal.cut.resource],
            "uses": [
                asdict(use)
                for call in held.allowed_by.get((removal.cut.statement, removal.cut.action or ""), ())
                for use in call.uses
            ],
            "not_exercised_here": asdict(removal.exemption) if removal.exemption else None,
            "without": first_refusal(removal),
        }
        for removal in held.removals
    ]
    return {
        "role": held.role.id,
        "stack": held.role.stack,
        "rights": statements,
        "refused": [{"action": call.action, "resource": call.resource, "reason": why} for call, why in held.refused],
        "near_misses": sum(one.attempt.role is held.role and not one.attempt.fair for one in judged.refusals),
        "open_ways": {one.way.id: one.reaches for one in judged.open if one.role is held.role},
    }


def refused(evidence: Evidence) -> list[str]:
    """Return what roles asked for and did not get."""
    found = [call for calls in evidence.calls.values() for call in calls if not call.allowed]
    return list(dict.fromkeys(f"{one.role} may not {one.action} on {one.resource}. {one.reason}" for one in found))


def told_of_removal(what: str, evidence: Evidence, found: Sequence[str]) -> str:
    """Report what came of playing the scenarios without a statement."""
    if evidence.failure is None and not found:
        left_out = list(_left_out(evidence))
        return "\n".join([*left_out, f"Without {what}, nothing that could be played failed, and nothing was refused."])
    where = (
        f"scenario {evidence.failure.scenario} fails"
        if evidence.failure
        else "no scenario fails, but there are refusals"
    )
    refusals = [f"  refused: {one}" for one in found]
    left_out = [] if evidence.failure else list(_left_out(evidence))
    return "\n".join([f"Without {what}, {where}.", *_failure(evidence.failure), *refusals, *left_out])


def members_of_removal(what: str, evidence: Evidence, found: Sequence[str]) -> dict[str, Any]:
    """Return the same as JSON members."""
    failure = asdict(evidence.failure) if evidence.failure else None
    return {"without": what, "failure": failure, "refused": list(found), "left_out": evidence.left_out}


def show(text: str) -> None:
    """Print, and let nothing that is printed after it come before it."""
    print(text)
    sys.stdout.flush()


def as_json(content: Mapping[str, Any]) -> str:
    """Give JSON for machines."""
    return json.dumps(content, indent=2)
