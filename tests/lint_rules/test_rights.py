"""No action can be taken from any role of a good template without a finding that names it; see E9603 and W9614."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.template.template import Template

from contracts.permissions.findings import uses
from contracts.permissions.required import judged
from lint_rules.agreement.alone import indexes
from tests.lint_rules.corpus import GOOD, decoded, pack

RULES = ("E9603", "W9614")
TEMPLATES = sorted(path.name for path in GOOD.iterdir())


def findings(template: Any) -> list[str]:
    """Return what the rules say of a template."""
    cfn = Template("template.yaml", template, ["us-east-1"])
    return [fault.message for rule in RULES for fault in pack()[rule].match(cfn)]


def used_roles(template: Any) -> set[str]:
    """Return the roles with policies that something in the template acts as."""
    every = [(index, uses(index)) for index in indexes(Template("template.yaml", template, ["us-east-1"]))]
    return {one.role.id for index, used in every for one in judged(used, index) if one.role.statements}


def statements(template: Any, role: str) -> Iterator[dict[str, Any]]:
    """Return the statements of a role's own policies, and of those that name it or that it names."""
    resources = template["Resources"]
    own = resources[role].get("Properties", {})
    named = [one.get("Ref") for one in own.get("ManagedPolicyArns", []) if isinstance(one, dict)]
    documents = [one["PolicyDocument"] for one in own.get("Policies", [])]
    for name, resource in resources.items():
        given = resource.get("Properties", {})
        if name in named or {"Ref": role} in given.get("Roles", []):
            documents.append(given["PolicyDocument"])
    for document in documents:
        yield from (one for one in document["Statement"] if one.get("Effect") == "Allow")


def actions_of(statement: dict[str, Any]) -> list[str]:
    given = statement["Action"]
    return list(given) if isinstance(given, list) else [given]


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_action_that_is_taken_from_a_role_is_missed(name: str) -> None:
    good = decoded(GOOD / name)
    assert findings(good) == []
    unnoticed = []
    for role in sorted(used_roles(good)):
        for number, statement in enumerate(statements(good, role)):
            for position, action in enumerate(actions_of(statement)):
                template = copy.deepcopy(good)
                changed = list(statements(template, role))[number]
                changed["Action"] = [*actions_of(changed)[:position], *actions_of(changed)[position + 1 :]]
                if not any(action.rstrip("*") in one and role in one for one in findings(template)):
                    unnoticed.append((role, action))
    assert unnoticed == []


def test_a_buildspec_beside_the_template_is_read_and_none_from_elsewhere(tmp_path: Path) -> None:
    template = copy.deepcopy(decoded(GOOD / "rights_rolling.yaml"))
    source = template["Resources"]["Bake"]["Properties"]["Source"]
    (tmp_path / "templates").mkdir()
    for folder in (tmp_path, tmp_path / "templates"):
        (folder / "buildspec.yml").write_text("version: 0.2\nphases: {build: {commands: [aws sqs purge-queue]}}\n")
    elsewhere = ("../buildspec.yml", str(tmp_path / "buildspec.yml"), "none.yml")
    for given, is_read in {"buildspec.yml": True, **dict.fromkeys(elsewhere, False)}.items():
        source["BuildSpec"] = given
        cfn = Template(str(tmp_path / "templates" / "pipeline.yaml"), template, ["us-east-1"])
        found = [fault.message for fault in pack()["E9603"].match(cfn)]
        assert any("sqs:PurgeQueue" in one for one in found) == is_read, given


def test_roles_of_every_kind_of_user_are_among_them() -> None:
    users = {name: used_roles(decoded(GOOD / name)) for name in TEMPLATES}
    assert sum(map(len, users.values())) > 9
