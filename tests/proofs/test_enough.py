"""Taking anything away from a role is found, and named: a statement, one of its actions, one of its resources."""

from typing import Any

import pytest

from proofs.analysis.exceptions import Table
from proofs.policies.statement_removals import PermissionRemoval, action_cuts, resource_cuts, statement_cuts
from proofs.rehearsal.builds import roles_in
from proofs.report.page_roles import first_refusal
from tests.proofs.conftest import Change, Proof

CUTS = {"statement": statement_cuts, "action": action_cuts, "resource": resource_cuts}


def taking(cut: PermissionRemoval) -> Change:
    """Make the change of a template that takes away what is cut."""

    def change(properties: dict[str, Any]) -> None:
        (policy,) = (one for one in properties["Policies"] if one["PolicyName"] == cut.statement.policy)
        statements = policy["PolicyDocument"]["Statement"]
        statement = statements[cut.statement.index]
        if cut.action is not None:
            statement["Action"].remove(cut.action)
        elif cut.resource is not None:
            del statement["Resource"][cut.resource]
        if (cut.action is None and cut.resource is None) or not statement["Action"]:
            del statements[cut.statement.index]

    return change


def is_exercised(cut: PermissionRemoval) -> bool:
    """Return whether a rehearsal can show what is cut."""
    action = cut.action or ""
    return not action or not any(row.is_about(cut.role.id, cut.statement.sid, action) for row in Table(()).rows)


@pytest.mark.parametrize("kind", [pytest.param(one, marks=(one == "action") * [pytest.mark.slow]) for one in CUTS])
def test_what_is_taken_away_is_missed_and_named(proof: Proof, kind: str) -> None:
    cuts = [cut for role in roles_in(proof.everything) for cut in CUTS[kind](role) if is_exercised(cut)]
    assert cuts
    for cut in cuts:
        findings = proof.held_after(cut.role.id, taking(cut))
        assert any(
            one.id == "missing-right" and one.place == cut.role.id and action in one.sentence
            for one in findings
            for action in cut.actions
        ), cut.name


def test_each_removal_says_where_the_release_ends_and_in_which_words(proof: Proof) -> None:
    judged = proof.of(proof.everything, everything=True)
    removals = [one for held in judged.held for one in held.removals if is_exercised(one.cut)]
    assert removals
    for removal in removals:
        step, words = first_refusal(removal) or ("", "")
        assert step, removal.cut.name
        assert words.startswith(("not authorized to perform: ", "Unable to use Connection: ")), removal.cut.name
    first = {one.cut.name: first_refusal(one) for one in removals}
    assert first["TestRole:ReadParameters"] == (
        "Test",
        (
            "not authorized to perform: ssm:GetParameters on resource: "
            "arn:aws:ssm:ca-central-1:000000000000:parameter/cruddur/backend-flask/AWS_COGNITO_USER_POOL_CLIENT_ID"
        ),
    )
    assert first["BakeImageRole:LogInToRegistry"] == (
        "Build/bake",
        "not authorized to perform: ecr:GetAuthorizationToken on resource: *",
    )
