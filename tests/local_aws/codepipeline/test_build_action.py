"""The CodeBuild action, with builds that are scripted."""

import json
from dataclasses import dataclass, field, fields

import pytest

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.actions.build import BuildRequest, BuildState, CodeBuildAction, build_request
from local_aws.services.codepipeline.engine.ports import ActionError, RuleContext, TaskContext
from local_aws.services.codepipeline.rules.commands import code_build
from local_aws.services.codepipeline.store.records import Location
from tests.local_aws.codepipeline.actions_context import ActionsContext
from tests.local_aws.codepipeline.harness import KEY, ROLE


@dataclass
class ScriptedBuilds:
    states: list[BuildState]
    started: list[BuildRequest] = field(default_factory=list)

    def start(self, request: BuildRequest, credentials: Credentials) -> str:
        assert credentials.access_key_id == ROLE
        self.started.append(request)
        return "project:1"

    def state(self, build_id: str, credentials: Credentials) -> BuildState:
        assert (build_id.split(":", maxsplit=1)[0], credentials.access_key_id) == ("project", ROLE)
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


RUNNING = BuildState("IN_PROGRESS", url="http://logs", log_stream_arn="arn:log")


def surroundings(*artifacts: str) -> ActionsContext:
    return ActionsContext(dict.fromkeys(artifacts or ("SourceArtifact",), b""))


def test_a_build_gets_the_artifacts_and_gives_its_variables() -> None:
    outside, builds = surroundings(), ScriptedBuilds([RUNNING, RUNNING, BuildState("SUCCEEDED", exported={"TAG": "t"})])
    variables = json.dumps([{"name": "A", "value": "1"}, {"name": "B", "value": "/p", "type": "PARAMETER_STORE"}])
    context = outside.context({"ProjectName": "project", "EnvironmentVariables": variables}, ("imageDefinition",))
    result = CodeBuildAction(builds).run(context)
    (request,) = builds.started
    assert request.primary == "SourceArtifact"
    assert request.sources == {"SourceArtifact": Location("artifacts", "in/SourceArtifact")}
    assert request.artifacts == {"imageDefinition": Location("artifacts", "out/imageDefinition")}
    assert (request.encryption_key, request.revision) == (KEY, "c0ffee")
    assert [(each.name, each.type) for each in request.variables] == [("A", "PLAINTEXT"), ("B", "PARAMETER_STORE")]
    assert (result.external_id, result.variables) == ("project:1", {"TAG": "t"})
    assert {each.external_id for each in outside.reported if each.external_id} == {"project:1"}
    assert outside.reported[-1].log_stream_arn == "arn:log"


def test_a_build_that_fails_says_so_in_aws_s_words() -> None:
    failed = BuildState("FAILED", "Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: exit status 1")
    with pytest.raises(ActionError) as refused:
        CodeBuildAction(ScriptedBuilds([RUNNING, failed])).run(surroundings().context({"ProjectName": "p"}))
    assert refused.value.code == "JobFailed"
    assert refused.value.message.startswith("Build terminated with state: FAILED. Phase: BUILD")


def test_an_interrupted_attempt_waits_for_the_build_that_it_started() -> None:
    builds = ScriptedBuilds([BuildState("SUCCEEDED")])
    context = surroundings().context({"ProjectName": "p"}, resumed="project:9")
    assert CodeBuildAction(builds).run(context).external_id == "project:9"
    assert builds.started == []


def test_an_interrupted_attempt_that_had_started_none_starts_one() -> None:
    builds = ScriptedBuilds([BuildState("SUCCEEDED")])
    CodeBuildAction(builds).run(surroundings().context({"ProjectName": "p"}, resumed=""))
    assert len(builds.started) == 1


def test_the_primary_source_is_the_one_named() -> None:
    context = surroundings("A", "B").context({"ProjectName": "p", "PrimarySource": "B"})
    assert build_request(context, {}).primary == "B"


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({"BatchEnabled": "true"}, "Batch builds are not run"),
        ({}, "PrimarySource must name one"),
        ({"PrimarySource": "C"}, "not one of the input artifacts: A, B"),
        ({"PrimarySource": "A", "EnvironmentVariables": "{"}, "not valid JSON"),
        ({"PrimarySource": "A", "EnvironmentVariables": "{}"}, "not a JSON list"),
        ({"PrimarySource": "A", "EnvironmentVariables": '[{"name": "X"}]'}, "needs a name and a value"),
        (
            {"PrimarySource": "A", "EnvironmentVariables": '[{"name":"X","value":"1","kind":"?"}]'},
            "unknown member kind",
        ),
        ({"PrimarySource": "A", "EnvironmentVariables": '[{"name":"X","value":"1","type":"?"}]'}, "has type '\\?'"),
    ],
)
def test_a_configuration_that_can_not_be_says_so(configuration: dict[str, str], words: str) -> None:
    with pytest.raises(ActionError, match=words):
        build_request(surroundings("A", "B").context({"ProjectName": "p", **configuration}), {})


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_a_rule_of_a_condition_is_what_its_build_comes_to(status: str) -> None:
    builds = ScriptedBuilds([RUNNING, BuildState(status)])
    context = surroundings().context({"ProjectName": "project"})
    members = {each.name: getattr(context, each.name) for each in fields(TaskContext)}
    result = code_build(builds, RuleContext(**members, condition="onSuccess", commands=()))
    (request,) = builds.started
    assert (request.primary, request.artifacts) == ("SourceArtifact", {})
    assert (result.passed, result.summary) == (
        status == "SUCCEEDED",
        f"Build terminated with state: {status}. (project:1)",
    )
