"""The operations: what they take, what they refuse, and that botocore reads what they answer."""

import socket
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.model import ServiceModel, Shape

from local_aws.platform.service import Json, ServiceError
from tests.local_aws.codebuild.conftest import CALLER, Bench, spec
from tests.local_aws.codebuild.test_reports import BOTH, reporting

MODEL: ServiceModel = botocore.session.get_session().get_service_model("codebuild")
TIMES = (int, float)
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": TIMES,
    "double": TIMES,
    "list": list,
    "map": dict,
    "structure": dict,
}


def conforms(shape: Any, value: object, where: str) -> None:
    assert isinstance(value, KINDS[shape.type_name]), f"{where} is {value!r}"
    if shape.type_name == "structure" and isinstance(value, dict):
        assert not set(value) - set(shape.members), f"{where} has members of no {shape.name}"
        assert set(shape.required_members) <= set(value), where
        for name, member in value.items():
            conforms(shape.members[name], member, f"{where}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for item in value:
            conforms(shape.member, item, where)
    elif isinstance(value, str) and getattr(shape, "enum", None):
        assert value in shape.enum, f"{where} is {value}"


@pytest.fixture
def ask(bench: Bench) -> Callable[..., Json]:
    """Call an operation, and hold its answer against botocore's model."""

    def call(operation: str, **request: Any) -> Json:
        known = {**bench.service.operations, **bench.reports.operations}
        response = known[operation](CALLER, request) or {}
        shape: Shape | None = MODEL.operation_model(operation).output_shape
        conforms(shape, response, operation)
        return response

    return call


def test_every_answer_has_the_shape_that_botocore_reads(bench: Bench, ask: Callable[..., Json]) -> None:
    started = ask("StartBuild", projectName="shop-test", buildspecOverride=reporting(*BOTH, "V=1"))["build"]
    assert started["buildStatus"] == "IN_PROGRESS"
    bench.ended(started["id"])
    (build,) = ask("BatchGetBuilds", ids=[started["arn"]])["builds"]
    assert ask("BatchGetBuilds", ids=["gone:1"]) == {"builds": [], "buildsNotFound": ["gone:1"]}
    again = ask("RetryBuild", id=build["id"])["build"]
    assert again["buildNumber"] == 2
    assert again["source"] == build["source"]
    ask("StopBuild", id=again["id"])
    assert ask("ListBuilds")["ids"] == [again["id"], build["id"]]
    assert ask("ListBuildsForProject", projectName="shop-test", sortOrder="ASCENDING")["ids"] == [
        build["id"],
        again["id"],
    ]
    arns = build["reportArns"]
    assert len(ask("BatchGetReports", reportArns=[*arns, "arn:gone"])["reports"]) == 2
    assert len(ask("DescribeTestCases", reportArn=arns[0], maxResults=3)["testCases"]) == 3
    assert len(ask("DescribeTestCases", reportArn=arns[0], nextToken="3")["testCases"]) == 1
    ask("DescribeCodeCoverages", reportArn=arns[1])
    ask("ListReports")
    ask("DeleteReport", arn=arns[0])
    assert ask("BatchGetReports", reportArns=arns)["reportsNotFound"] == [arns[0]]
    deleted = ask("BatchDeleteBuilds", ids=[build["id"], "gone:1"])
    assert deleted["buildsDeleted"] == [build["arn"]]
    assert deleted["buildsNotDeleted"] == [{"id": "gone:1", "statusCode": "RESOURCE_NOT_FOUND"}]


def test_overrides_of_start_build_are_in_the_record(bench: Bench) -> None:
    build_id = bench.start(
        buildspecOverride=spec("true"),
        imageOverride="shop:1",
        computeTypeOverride="BUILD_GENERAL1_LARGE",
        privilegedModeOverride=True,
        timeoutInMinutesOverride=15,
        queuedTimeoutInMinutesOverride=30,
        serviceRoleOverride="arn:aws:iam::000000000000:role/other",
        logsConfigOverride={"cloudWatchLogs": {"status": "ENABLED", "groupName": "/other"}},
        cacheOverride={"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]},
    )
    record = bench.ended(build_id).record
    assert record["environment"]["image"] == "shop:1"
    assert record["environment"]["computeType"] == "BUILD_GENERAL1_LARGE"
    assert record["environment"]["privilegedMode"] is True
    assert (record["timeoutInMinutes"], record["queuedTimeoutInMinutes"]) == (15, 30)
    assert record["serviceRole"].endswith("role/other")
    assert record["logs"]["groupName"] == "/other"
    assert record["cache"]["type"] == "LOCAL"


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({}, "InvalidInputException", "projectName"),
        ({"projectName": "gone"}, "ResourceNotFoundException", "Project cannot be found: arn:aws:codebuild:"),
        ({"projectName": "shop-test", "surprise": 1}, "InvalidInputException", "Unknown field surprise in StartBuild"),
        ({"projectName": "shop-test", "imageOverride": 5}, "InvalidInputException", "Member must be a string"),
        ({"projectName": "shop-test", "fleetOverride": {}}, "InvalidInputException", "fleetOverride is not supported"),
        (
            {"projectName": "shop-test", "debugSessionEnabled": True},
            "InvalidInputException",
            "debugSessionEnabled is not",
        ),
        ({"projectName": "shop-test"}, "InvalidInputException", "NO_SOURCE needs a buildspec as text"),
        (
            {"projectName": "shop-test", "sourceTypeOverride": "CODEPIPELINE"},
            "InvalidInputException",
            "is started by its",
        ),
        ({"projectName": "shop-test", "sourceTypeOverride": "S3"}, "InvalidInputException", "location must be given"),
        (
            {"projectName": "shop-test", "sourceTypeOverride": "CODECOMMIT"},
            "InvalidInputException",
            "is not supported by",
        ),
        ({"projectName": "shop-test", "timeoutInMinutesOverride": 3}, "InvalidInputException", "timeoutInMinutes"),
        (
            {"projectName": "shop-test", "environmentVariablesOverride": [{"name": "A"}]},
            "InvalidInputException",
            "environmentVariablesOverride.1.member.value",
        ),
        (
            {"projectName": "shop-test", "environmentVariablesOverride": [{"name": "A", "value": "", "type": "X"}]},
            "InvalidInputException",
            "Member must satisfy enum value set",
        ),
    ],
)
def test_start_build_refuses(bench: Bench, request_: Json, code: str, message: str) -> None:
    with pytest.raises(ServiceError) as caught:
        bench.service.start_build(CALLER, request_)
    assert caught.value.code == code
    assert message in caught.value.message
    assert bench.service.list_builds(CALLER, {})["ids"] == []


def test_a_token_starts_one_build(bench: Bench) -> None:
    request = {"projectName": "shop-test", "buildspecOverride": spec("true"), "idempotencyToken": "once"}
    first, second = (bench.service.start_build(CALLER, request)["build"]["id"] for _ in range(2))
    assert first == second
    with pytest.raises(ServiceError, match="used with other parameters"):
        bench.service.start_build(CALLER, request | {"imageOverride": "other:1"})


def test_a_projects_limit_is_kept(bench: Bench) -> None:
    bench.project["concurrentBuildLimit"] = 1
    first = bench.start(buildspecOverride=spec("sleep 60"))
    with pytest.raises(ServiceError, match="Cannot have more than 1 builds") as caught:
        bench.start(buildspecOverride=spec("true"))
    assert caught.value.code == "AccountLimitExceededException"
    bench.service.stop_build(CALLER, {"id": first})
    bench.start(buildspecOverride=spec("true"))


def test_a_running_build_is_neither_deleted_nor_retried(bench: Bench) -> None:
    build_id = bench.start(buildspecOverride=spec("sleep 60"))
    kept = bench.service.batch_delete_builds(CALLER, {"ids": [build_id]})["buildsNotDeleted"]
    assert kept == [{"id": build_id, "statusCode": "BUILD_IN_PROGRESS"}]
    with pytest.raises(ServiceError, match="is still running"):
        bench.service.retry_build(CALLER, {"id": build_id})


def test_builds_run_side_by_side(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as meeting:
        waiting = spec(f"exec 3<>/dev/tcp/127.0.0.1/{meeting.getsockname()[1]}; read line <&3; echo $line")
        ids = [bench.start(buildspecOverride=waiting) for _ in range(2)]
        meeting.settimeout(20)
        both = [meeting.accept()[0] for _ in ids]
        for connection in both:
            connection.sendall(b"met\n")
            connection.close()
    assert [bench.ended(build_id).output for build_id in ids] == [["met"], ["met"]]


@pytest.mark.parametrize("ids", [None, [], "x", [1], ["x"] * 101])
def test_ids_are_a_list_of_ids(bench: Bench, ids: object) -> None:
    with pytest.raises(ServiceError, match="ids must be a list of 1 to 100 build ids"):
        bench.service.batch_get_builds(CALLER, {"ids": ids})
