"""What AWS documents stands once: each file names its source, nobody keeps a table beside it, and consumers agree."""

import ast
import json
from typing import Any

import pytest
from cfnlint.template.template import Template

from aws_facts import FOLDER, facts
from aws_facts.codepipeline import action_type, action_types, condition_results, taken_keys
from local_aws.iam import implied_actions
from local_aws.platform.service import ServiceError
from local_aws.services.codepipeline.definitions.refusals import check_action, check_conditions
from settings.root import PROJECT_ROOT
from tests.lint_rules.corpus import pack
from tests.test_walls import MAY_IMPORT, files

KEYS = {"E9104", "W9105"}
"""The rules on configuration keys: those that are needed, and those that are not taken."""
SUBJECTS = sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.json"))
READERS = [room for room in MAY_IMPORT if room not in {"aws_facts", "backend-flask", "templates_src"}]
"""The rooms that judge what AWS takes; the templates say what they want, and are judged."""


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_file_says_what_it_holds_and_where_it_is_from(subject: str) -> None:
    text = (FOLDER / f"{subject}.json").read_text("utf-8")
    assert json.loads(text)["about"]
    assert "https://" in text


def keys_of_two_words() -> set[str]:
    """Return the configuration keys that are so particular that they can't stand in code by chance."""
    keys = {key for name in action_types() for key in taken_keys(action_type(*name))}
    return {key for key in keys if sum(letter.isupper() for letter in key) > 1 and len(key) > 10}


def test_no_room_keeps_a_table_of_action_keys() -> None:
    known, tables = keys_of_two_words(), []
    for path in (path for room in READERS for path in files(room)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Set | ast.List | ast.Tuple):
                words = {one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = set(node.value.split())
            else:
                continue
            if len(words & known) > 2:
                tables.append(f"{path.relative_to(PROJECT_ROOT)}:{node.lineno}")
    assert tables == []


def declared(name: tuple[str, str, str], configuration: dict[str, str], capital: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a test's own
    kind = action_type(*name)
    action: dict[str, Any] = {
        "name": "it",
        "actionTypeId": dict(zip(("category", "owner", "provider", "version"), (*name, "1"), strict=True)),
        "configuration": configuration,
        "inputArtifacts": [{"name": f"In{number}"} for number in range(kind["inputs"][0])],
        "outputArtifacts": [{"name": f"Out{number}"} for number in range(kind["outputs"][0])],
        "commands": ["true"],
    }
    return _capital(action) if capital else action


def _capital(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: _capital(member) for name, member in value.items()}
    return [_capital(item) for item in value] if isinstance(value, list) else value


def required(name: tuple[str, str, str]) -> dict[str, str]:
    kind = action_type(*name)
    values = {**kind.get("values", {}), **kind.get("lists", {}), **kind.get("numbers", {})}
    return {key: str(values.get(key, ["x"])[0]) for key in kind.get("required", ())}


def refused(name: tuple[str, str, str], configuration: dict[str, str]) -> str:
    try:
        check_action(declared(name, configuration), "It")
    except ServiceError as error:
        return error.message
    return ""


def test_the_rules_and_create_pipeline_agree_on_every_action_type() -> None:
    """One template with every type: with a key too many, and without the first that it needs."""
    variants = {}
    for name in action_types():
        whole = required(name)
        variants[f"{'-'.join(name)} with Nmae"] = (name, {**whole, "Nmae": "x"})
        if whole:
            variants[f"{'-'.join(name)} without {next(iter(whole))}"] = (name, dict(list(whole.items())[1:]))
    resources = {
        f"P{number}": {
            "Type": "AWS::CodePipeline::Pipeline",
            "Properties": {"Stages": [{"Name": "It", "Actions": [declared(*variant, capital=True)]}]},
        }
        for number, variant in enumerate(variants.values())
    }
    template = Template("template.yaml", {"Resources": resources}, ["us-east-1"])
    rules = [rule for rule in pack().values() if rule.id in KEYS]
    found = {str(match.path[1]) for rule in rules for match in rule.match(template)}
    for number, (what, variant) in enumerate(variants.items()):
        assert (f"P{number}" in found) == bool(refused(*variant)), what


@pytest.mark.parametrize("kind", ["beforeEntry", "onSuccess", "onFailure"])
def test_create_pipeline_takes_the_documented_results_alone(kind: str) -> None:
    for result in ("FAIL", "SKIP", "RETRY", "ROLLBACK"):
        stage = {"name": "It", kind: {"conditions": [{"result": result, "rules": []}]}}
        if result in condition_results(kind):
            check_conditions(stage)
        else:
            with pytest.raises(ServiceError, match=f"result {result} is not allowed in {kind}"):
                check_conditions(stage)


def test_the_steps_that_services_ask_for_are_those_of_the_table() -> None:
    steps = facts("implied_actions")["steps"]
    named = {value for name, value in vars(implied_actions).items() if name.isupper()}
    assert named == {name for name, step in steps.items() if "implied" in step}
    used = {step for rows in facts("implied_actions")["occasions"].values() for row in rows for step in row["steps"]}
    assert used <= set(steps)
