"""Builds through the CodeBuild API, against botocore's own model of it."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.actions.build import BuildRequest, BuildState, EnvironmentVariable
from local_aws.services.codepipeline.actions.build_api import ApiBuilds, start_members
from local_aws.services.codepipeline.engine.ports import ActionError
from local_aws.services.codepipeline.store.records import Location
from tests.local_aws.codepipeline.harness import KEY, REGION

NOBODY = Credentials("a", "b", "c", 0)


def builds() -> tuple[ApiBuilds, Stubber]:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION)
    client = session.client("codebuild")
    stubber = Stubber(client)
    stubber.activate()
    return ApiBuilds(lambda _service, _credentials: client), stubber


def request(*artifacts: str) -> BuildRequest:
    return BuildRequest(
        project="project",
        sources={"Source": Location("b", "in/1"), "Extra": Location("b", "in/2")},
        primary="Source",
        artifacts={name: Location("b", f"out/{name}") for name in artifacts},
        encryption_key=KEY,
        variables=(EnvironmentVariable("A", "1", "PLAINTEXT"),),
        revision="c0ffee",
    )


def test_artifacts_travel_in_the_overrides() -> None:
    members = start_members(request("imageDefinition"))
    assert members["sourceLocationOverride"] == "arn:aws:s3:::b/in/1"
    assert members["secondarySourcesOverride"] == [
        {"type": "CODEPIPELINE", "sourceIdentifier": "Extra", "location": "arn:aws:s3:::b/in/2"}
    ]
    assert members["artifactsOverride"] == {"type": "CODEPIPELINE", "location": "b", "name": "out/imageDefinition"}
    assert (members["sourceVersion"], members["encryptionKeyOverride"]) == ("c0ffee", KEY)


def test_several_artifacts_are_named_as_in_the_buildspec() -> None:
    members = start_members(request("one", "two"))
    assert "artifactsOverride" not in members
    assert [each["artifactIdentifier"] for each in members["secondaryArtifactsOverride"]] == ["one", "two"]


@pytest.mark.parametrize("artifacts", [(), ("one",), ("one", "two")])
def test_the_api_s_model_takes_what_is_sent(artifacts: tuple[str, ...]) -> None:
    api, stubber = builds()
    stubber.add_response("start_build", {"build": {"id": "project:1"}}, start_members(request(*artifacts)))
    assert api.start(request(*artifacts), NOBODY) == "project:1"


def test_a_refusal_is_told_in_aws_s_words() -> None:
    api, stubber = builds()
    stubber.add_client_error("start_build", "AccessDeniedException", "no codebuild:StartBuild", 400)
    with pytest.raises(ActionError, match="Error calling startBuild: no codebuild:StartBuild") as refused:
        api.start(request(), NOBODY)
    assert refused.value.code == "PermissionError"


@pytest.mark.parametrize(
    ("build", "state"),
    [
        ({"buildStatus": "IN_PROGRESS"}, BuildState("IN_PROGRESS", exported={})),
        (
            {"buildStatus": "SUCCEEDED", "exportedEnvironmentVariables": [{"name": "T", "value": "1"}]},
            BuildState("SUCCEEDED", exported={"T": "1"}),
        ),
        (
            {
                "buildStatus": "FAILED",
                "logs": {"deepLink": "http://l", "cloudWatchLogsArn": "arn:l"},
                "phases": [
                    {"phaseType": "INSTALL", "phaseStatus": "SUCCEEDED", "contexts": [{"message": ""}]},
                    {
                        "phaseType": "BUILD",
                        "phaseStatus": "FAILED",
                        "contexts": [{"statusCode": "COMMAND_EXECUTION_ERROR", "message": "exit status 1"}],
                    },
                ],
            },
            BuildState(
                "FAILED",
                "Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: exit status 1",
                {},
                "http://l",
                "arn:l",
            ),
        ),
    ],
)
def test_a_build_s_state(build: dict[str, Any], state: BuildState) -> None:
    api, stubber = builds()
    stubber.add_response("batch_get_builds", {"builds": [build]}, {"ids": ["project:1"]})
    assert api.state("project:1", NOBODY) == state


def test_a_build_that_is_gone_is_said_so() -> None:
    api, stubber = builds()
    stubber.add_response("batch_get_builds", {"builds": [], "buildsNotFound": ["project:1"]})
    with pytest.raises(ActionError, match="project:1 is not known any more"):
        api.state("project:1", NOBODY)
