"""What a role is granted beyond what it needs is found, and named; so is an excuse that nothing needs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofs.analysis.analysis import calls_for
from proofs.analysis.exceptions import Exemption, Exemptions, Table
from proofs.analysis.minimal_policy import hold
from proofs.analysis.report_problems import faults
from proofs.policies.build import pipelines_of, read_templates
from proofs.rehearsal.builds import roles_in
from settings.project import load
from settings.root import BUILD
from synthesis.build_folder import documents
from tests.proofs.conftest import Proof, changed, kept_record, statements
from tests.templates_src.systems import VARIANTS, settings_of

ROLES = [role for role in roles_in(BUILD) if role.grants]


def pushing(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the statement of the bake's role that lets it push."""
    (found,) = [one for one in statements(properties) if one["Sid"] == "PushImage"]
    statement: dict[str, Any] = found
    return statement


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([(role.id, one.index) for role in ROLES for one in role.grants]),
    st.sampled_from(["s3:DeleteObject", "ecr:BatchDeleteImage", "ssm:GetParameter", "iam:GetRole", "kms:Encrypt"])
    | st.from_regex(r"\A[a-z]{2,8}:[A-Z][A-Za-z]{2,12}\Z"),
)
def test_an_action_too_many_is_named(proof: Proof, where: tuple[str, int], action: str) -> None:
    role, index = where
    sid = next(one.sid for each in ROLES if each.id == role for one in each.grants if one.index == index)
    findings = proof.held_after(role, lambda given: statements(given)[index]["Action"].append(action))
    assert [(one.place, action in one.sentence) for one in findings if one.id == "unneeded-right"] == [
        (f"{role}:{sid}", True)
    ]


@pytest.mark.parametrize(
    ("resource", "identifier"),
    [
        ("arn:aws:s3:::another-bucket", "unneeded-right"),
        ("arn:aws:ecr:ca-central-1:000000000000:repository/*", "wider-than-needed"),
        ("*", "wider-than-needed"),
    ],
)
def test_a_resource_too_many_is_named(proof: Proof, resource: str, identifier: str) -> None:
    findings = proof.held_after("BakeImageRole", lambda given: pushing(given)["Resource"].append(resource))
    assert (identifier, "BakeImageRole:PushImage") in [
        (one.id, one.place) for one in findings if resource in one.sentence
    ]


def test_a_wildcard_action_is_wider_than_needed(proof: Proof) -> None:
    findings = proof.held_after("BakeImageRole", lambda given: pushing(given).update(Action=["ecr:*"]))
    assert any(one.id == "wider-than-needed" and "ecr:*" in one.sentence for one in findings)


def test_a_statement_that_says_what_another_says_is_told_as_such(proof: Proof) -> None:
    def twice(properties: dict[str, Any]) -> None:
        statements(properties).append({**pushing(properties), "Sid": "PushImageAgain"})

    findings = proof.held_after("BakeImageRole", twice)
    assert {one.place for one in findings if one.id == "granted-twice"} == {
        "BakeImageRole:PushImage",
        "BakeImageRole:PushImageAgain",
    }


def test_grants_by_exclusion_and_policies_from_elsewhere_are_told(proof: Proof) -> None:
    def exclude(properties: dict[str, Any]) -> None:
        properties["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
        statement = pushing(properties)
        statement["NotAction"] = statement.pop("Action")

    findings = proof.held_after("BakeImageRole", exclude)
    assert {"wider-than-needed", "policy-from-elsewhere"} <= {one.id for one in findings}


def test_an_excuse_that_nothing_needs_is_told(proof: Proof) -> None:
    row = Exemption("unexercised", "TestRole", "ReadParameters", "none", "none", actions=("ssm:GetParameters",))
    exemptions = Exemptions((row,))
    (role,) = (one for one in roles_in(proof.everything) if one.id == "TestRole")
    hold(role, calls_for(kept_record().calls, everything=True), proof.evaluator, exemptions)
    assert list(exemptions.idle([role])) == [(row, "ssm:GetParameters")]
    assert list(exemptions.idle([])) == [], "a role that the settings do not ask for has no rows"


def test_each_excuse_is_about_a_statement_that_some_settings_make(proof: Proof, tmp_path: Path) -> None:
    for name, content in documents(load(settings_of(tmp_path, VARIANTS["codedeploy"]))).items():
        (tmp_path / name).write_bytes(content)
    roles = [*roles_in(proof.everything), *roles_in(tmp_path)]
    rows = Table(pipelines_of(read_templates(proof.everything)).values()).rows
    assert {row for row, _ in Exemptions(rows).idle(roles)} == set(rows)


def test_an_excuse_counts_for_what_no_scenario_shows(proof: Proof) -> None:
    row = Exemption("unexercised", "TestRole", "ReadParameters", "why", "where", actions=("ssm:GetParameter",))
    build = changed(
        proof.everything,
        proof.folder / "excused",
        "TestRole",
        lambda given: statements(given)[3]["Action"].append("ssm:GetParameter"),
    )
    exemptions = Exemptions((*Table(pipelines_of(read_templates(build)).values()).rows, row))
    (role,) = (one for one in roles_in(build) if one.id == "TestRole")
    held = hold(role, calls_for(kept_record().calls, everything=True), proof.evaluator, exemptions)
    assert list(faults(held, exemptions, whole=True)) == []
    (removal,) = (one for one in held.removals if one.cut.action == "ssm:GetParameter")
    assert removal.exemption == row


def test_what_another_services_role_of_the_same_name_asked_for_is_not_its_own(proof: Proof) -> None:
    (role,) = (one for one in ROLES if one.id == "TestRole")
    calls, exemptions = calls_for(kept_record().calls, everything=True), Exemptions(())
    stack = ("aws:principaltag/aws:cloudformation:stack-name", "cruddur-other-pipeline")
    others = [replace(one, context=tuple({**dict(one.context), stack[0]: stack[1]}.items())) for one in calls]
    assert any(hold(role, calls, proof.evaluator, exemptions).allowed_by.values())
    held = hold(role, others, proof.evaluator, exemptions)
    assert (held.refused, any(held.allowed_by.values())) == ((), False)
