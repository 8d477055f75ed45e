"""Conditions are decided together, as far as they can be; what depends on more of them is not judged."""

from typing import Any

import pytest

from tests.lint_rules.corpus import findings


def template(conditions: int, artifacts: Any) -> dict[str, Any]:
    names = [f"Wanted{number}" for number in range(conditions)]
    project = {
        "ServiceRole": "arn:aws:iam::111122223333:role/build",
        "Source": {
            "Type": {"Fn::If": [names[0], "CODEPIPELINE", "GITHUB"]},
            "Location": {"Fn::If": [names[0], {"Ref": "AWS::NoValue"}, "https://github.com/example/shop.git"]},
        },
        "Artifacts": {"Type": artifacts},
        "Environment": {
            "Type": "LINUX_CONTAINER",
            "ComputeType": "BUILD_GENERAL1_SMALL",
            "Image": "aws/codebuild/standard:7.0",
            "EnvironmentVariables": [{"Name": name, "Value": {"Fn::If": [name, "a", "b"]}} for name in names],
        },
    }
    return {
        "Parameters": {name: {"Type": "String"} for name in names},
        "Conditions": {name: {"Fn::Equals": [{"Ref": name}, "yes"]} for name in names},
        "Resources": {"Project": {"Type": "AWS::CodeBuild::Project", "Properties": project}},
    }


@pytest.mark.parametrize("conditions", [1, 3, 6])
def test_what_is_right_under_every_outcome_is_right(conditions: int) -> None:
    fitting = {"Fn::If": ["Wanted0", "CODEPIPELINE", "NO_ARTIFACTS"]}
    assert findings(template(conditions, fitting)) == []


@pytest.mark.parametrize("conditions", [1, 3, 6])
def test_what_is_wrong_under_one_outcome_is_found_there(conditions: int) -> None:
    wrong = {"Fn::If": ["Wanted0", "NO_ARTIFACTS", "NO_ARTIFACTS"]}
    place = "Resources/Project/Properties/Artifacts/Type/Fn::If/1"
    assert findings(template(conditions, wrong)) == [("E9201", place)]


def test_beyond_the_conditions_that_are_tried_nothing_is_claimed() -> None:
    made = template(6, "NO_ARTIFACTS")
    made["Conditions"] |= {f"A{number}": made["Conditions"]["Wanted1"] for number in range(6)}
    variables = made["Resources"]["Project"]["Properties"]["Environment"]["EnvironmentVariables"]
    variables += [{"Name": f"A{number}", "Value": {"Fn::If": [f"A{number}", "a", "b"]}} for number in range(6)]
    assert findings(made) == []
