"""What the evidence comes to: enough, nothing more, and shut against what must be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proofs.analysis import escalations, minimal_policy, near_misses, report_problems
from proofs.analysis.calls import Call, together
from proofs.analysis.escalations import Open
from proofs.analysis.evaluation import Evaluator
from proofs.analysis.exceptions import FILE as EXCEPTIONS
from proofs.analysis.exceptions import Exemptions, Table
from proofs.analysis.minimal_policy import MinimalPolicy
from proofs.analysis.near_misses import Refusal
from proofs.analysis.report_problems import of_table
from proofs.policies.build import Template, pipelines_of, read_roles, read_templates
from proofs.rehearsal.scenarios import SCENARIOS
from reporting.findings import Finding
from system_model.roles import Role


@dataclass(frozen=True)
class Judged:
    """The verdict on the roles of one build."""

    roles: Sequence[Role]
    templates: Mapping[str, Template]
    held: Sequence[MinimalPolicy]
    refusals: Sequence[Refusal]
    open: Sequence[Open]
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Question:
    """What is judged: a build's roles, held against the calls of its scenarios.

    Only with ``whole`` evidence can it be told that something is not needed; only for the build that has ``everything``
    in it that an exception is not.
    """

    build: Path
    calls: Sequence[Call]
    whole: bool
    everything: bool


def calls_for(calls: Mapping[str, Sequence[Call]], *, everything: bool) -> list[Call]:
    """Return the calls that speak for a build: of the scenarios that it can play."""
    wanted = [one.name for one in SCENARIOS if everything or not one.asks_for_all]
    return together(calls[name] for name in wanted if name in calls)


def judge(question: Question, evaluator: Evaluator) -> Judged:
    """Hold what is granted against what was asked for, and try what must be refused."""
    templates = read_templates(question.build)
    roles, exemptions = read_roles(templates), Exemptions(Table(pipelines_of(templates).values()).rows)
    here = {one.name for one in SCENARIOS if one.asks_for_all == question.everything}
    held = [minimal_policy.hold(role, question.calls, evaluator, exemptions, here) for role in roles]
    refusals, ways = shut(roles, templates, evaluator)
    found = [one for each in held for one in report_problems.faults(each, exemptions, whole=question.whole)]
    found += [*near_misses.faults(refusals), *escalations.faults(ways, roles, everything=question.everything)]
    if question.whole and question.everything:
        found += _idle(exemptions, roles)
    return Judged(roles, templates, held, refusals, ways, list(dict.fromkeys(found)))


def shut(
    roles: Sequence[Role], templates: Mapping[str, Template], evaluator: Evaluator
) -> tuple[list[Refusal], list[Open]]:
    """Try what roles must be refused, and all ways to more rights."""
    attempts = [one for role in roles for one in (*near_misses.of_grants(role), *near_misses.of_trust(role))]
    attempts += near_misses.of_table(roles, templates)
    return near_misses.tried(attempts, evaluator), list(escalations.open_ways(roles, templates, evaluator))


def _idle(exemptions: Exemptions, roles: Sequence[Role]) -> list[Finding]:
    return [
        of_table(
            "idle-exception",
            EXCEPTIONS.name,
            f"{row.role}:{row.sid} {part}: a scenario shows it, or no role has it.",
            "Take it out of the row.",
        )
        for row, part in exemptions.idle(roles)
    ]
