"""Holds what roles are granted against what they asked for: each statement, each action and each resource by itself."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from proofs.analysis.calls import Call
from proofs.analysis.evaluation import Evaluator, Question, Verdict, again
from proofs.analysis.exceptions import Exemption, Exemptions
from proofs.policies.statement_removals import PermissionRemoval, action_cuts, resource_cuts, statement_cuts
from system_model.conditions import matches
from system_model.roles import Role
from system_model.statements import Statement

UNEXERCISED = "unexercised"


@dataclass(frozen=True)
class Removal:
    """What comes of taking something away: the calls that are refused then, each with the reason."""

    cut: PermissionRemoval
    refused: tuple[tuple[Call, str], ...]
    exemption: Exemption | None = None


@dataclass(frozen=True)
class MinimalPolicy:
    """What came of holding a role's grants against its calls.

    ``allowed_by`` gives, by statement and action, the calls that they allow. ``refused`` are calls that the role's
    policies refuse.
    """

    role: Role
    refused: tuple[tuple[Call, str], ...]
    allowed_by: Mapping[tuple[Statement, str], tuple[Call, ...]]
    removals: tuple[Removal, ...]

    def __hash__(self) -> int:
        """Tell it from the others by its role."""
        return hash((self.role.stack, self.role.id))


def hold(
    role: Role, calls: Sequence[Call], evaluator: Evaluator, exemptions: Exemptions, here: Container[str] = ()
) -> MinimalPolicy:
    """Ask about every call once more, with all of the role's policies and with each part of them taken away.

    ``here`` are the scenarios that were played with these very policies: what was refused there is refused.
    """
    own = [call for call in calls if call.role == role.id and call.stack in ("", role.stack)]
    verdicts = evaluator.verdicts([again(call, role) for call in own])
    granted = [call for call, verdict in zip(own, verdicts, strict=True) if verdict.allowed]
    return MinimalPolicy(
        role=role,
        refused=tuple(_refused(own, verdicts, here)),
        allowed_by=_allowed_by(role, own, verdicts),
        removals=tuple(_removals(role, granted, evaluator, exemptions)),
    )


def _refused(calls: Sequence[Call], verdicts: Sequence[Verdict], here: Container[str]) -> Iterator[tuple[Call, str]]:
    for call, verdict in zip(calls, verdicts, strict=True):
        if not verdict.allowed:
            yield call, verdict.reason
        elif not call.allowed and any(use.scenario in here for use in call.uses):
            yield call, call.reason


def _allowed_by(
    role: Role, calls: Sequence[Call], verdicts: Sequence[Verdict]
) -> dict[tuple[Statement, str], tuple[Call, ...]]:
    found: dict[tuple[Statement, str], list[Call]] = {}
    places = {(one.policy, one.index): one for one in role.statements}
    for call, verdict in zip(calls, verdicts, strict=True):
        for place in verdict.statements if verdict.allowed else ():
            statement = places[place]
            action = next((one for one in statement.actions if names(one, call.action)), call.action)
            found.setdefault((statement, action), []).append(call)
    return {part: tuple(several) for part, several in found.items()}


def names(pattern: str, action: str) -> bool:
    """Return whether an action of a policy, which may have wildcards, is or includes ``action``."""
    return matches(pattern.lower(), action.lower())


def _removals(role: Role, calls: Sequence[Call], evaluator: Evaluator, exemptions: Exemptions) -> Iterator[Removal]:
    cuts = [*statement_cuts(role), *action_cuts(role), *resource_cuts(role)]
    asked: list[tuple[PermissionRemoval, Call]] = [
        (cut, call) for cut in cuts for call in calls if any(names(action, call.action) for action in cut.actions)
    ]
    after = {id(cut): cut.policies for cut in cuts}
    questions: list[Question] = [again(call, role, after[id(cut)]) for cut, call in asked]
    refused: dict[int, list[tuple[Call, str]]] = {id(cut): [] for cut in cuts}
    for (cut, call), verdict in zip(asked, evaluator.verdicts(questions), strict=True):
        if not verdict.allowed:
            refused[id(cut)].append((call, verdict.reason))
    for cut in cuts:
        ended = tuple(refused[id(cut)])
        yield Removal(cut, ended, None if ended else _exemption(cut, exemptions))


def _exemption(cut: PermissionRemoval, exemptions: Exemptions) -> Exemption | None:
    """Return the row that says why nothing here needs what was cut; a statement has none of its own, but its parts."""
    if cut.action is None and cut.resource is None:
        return None
    resource = "" if cut.resource is None else cut.statement.shown_resources[cut.resource]
    role, sid = cut.role.id, cut.statement.sid
    return exemptions.find(UNEXERCISED, role, sid, action=cut.action or "", resource=resource)
