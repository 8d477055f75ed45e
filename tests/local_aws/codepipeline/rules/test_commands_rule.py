"""The rule Commands: what its commands find, as whom they act, and what comes of their end."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.codepipeline.rules.test_lambda_rule import PIPELINE_ROLE, told
from tests.local_aws.iam.asking import ACCOUNT, REGION, calls
from tests.local_aws.iam.release_place import Pipeline, pipeline_in
from tests.local_aws.iam.release_template import BUILD, NAME, template

GROUP = f"/aws/codepipeline/{NAME}"


def with_rule(*commands: str, may_log: bool = True) -> Any:
    """Return the template with a condition of the stage Build that runs the commands on the source."""
    body = template()
    rule = {
        "Name": "Look",
        "RuleTypeId": {"Category": "Rule", "Owner": "AWS", "Provider": "Commands", "Version": "1"},
        "Commands": list(commands),
        "InputArtifacts": [{"Name": "Code"}],
    }
    body["Resources"]["Pipeline"]["Properties"]["Stages"][1]["BeforeEntry"] = {
        "Conditions": [{"Result": "FAIL", "Rules": [rule]}]
    }
    rights = body["Resources"]["PipelineRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    for sid in ("ReadArtifacts", "DecryptArtifacts"):
        actions, resource, condition = BUILD[sid]
        rights.append({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource, "Condition": condition})
    if may_log:
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
        actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        rights.append({"Sid": "WriteLogs", "Effect": "Allow", "Action": actions, "Resource": [group, f"{group}:*"]})
    return body


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pipeline_in(tmp_path_factory.mktemp("commands")) as made:
        yield made


def test_commands_that_succeed_let_the_stage_be_entered(pipeline: Pipeline) -> None:
    pipeline.update(
        with_rule(
            "test -f buildspec.yml", "WHO=$(aws sts get-caller-identity --query Arn --output text)", "echo it is $WHO"
        )
    )
    execution, status = pipeline.release()
    assert (status, told(pipeline, execution)) == ("Succeeded", ("Succeeded", "3 commands succeeded."))
    written = [one["message"] for one in pipeline.aws.client("logs").filter_log_events(logGroupName=GROUP)["events"]]
    assert any(f"it is arn:aws:sts::000000000000:assumed-role/{NAME}-codepipeline/{NAME}" in line for line in written)
    made = [call for call in calls(pipeline.aws, execution=execution) if call["action"].startswith("logs:")]
    assert {call["principal"] for call in made if call["resources"][0].count("codepipeline")} == {PIPELINE_ROLE}


def test_a_command_that_fails_does_not(pipeline: Pipeline) -> None:
    pipeline.update(with_rule("echo fine", "grep -q nothing buildspec.yml", "echo never"))
    execution, status = pipeline.release()
    assert status == "Failed"
    assert told(pipeline, execution)[1].startswith("Error while executing command: grep -q nothing buildspec.yml.")


def test_a_role_that_may_not_write_the_log_is_told(pipeline: Pipeline) -> None:
    pipeline.update(with_rule("echo fine", may_log=False))
    execution, status = pipeline.release()
    assert status == "Failed"
    assert "is not authorized to perform: logs:CreateLogStream" in told(pipeline, execution)[1]
