"""What a build leaves to be read: its log, its events, and how it says that it could not begin."""

import pytest

from tests.local_aws.codebuild.conftest import CALLER, Bench, spec
from tests.support.waiting import until


def test_the_log_goes_to_the_group_of_the_project_as_it_comes(bench: Bench) -> None:
    bench.project["logsConfig"] = {"cloudWatchLogs": {"status": "ENABLED", "groupName": "/shop", "streamName": "test"}}
    build_id = bench.start(buildspecOverride=spec("echo first; sleep 60"))
    bench.when_logged(build_id, "first")
    stream = ("/shop", f"test/{build_id.rpartition(':')[2]}")

    until(lambda: "first" in bench.aws.streams.get(stream, ()))
    bench.service.stop_build(CALLER, {"id": build_id})
    outcome = bench.ended(build_id)
    assert bench.aws.streams[stream] == outcome.log.splitlines()
    assert (outcome.record["logs"]["groupName"], outcome.record["logs"]["streamName"]) == stream


def test_logs_can_be_off_and_go_to_s3(bench: Bench) -> None:
    bench.project["logsConfig"] = {
        "cloudWatchLogs": {"status": "DISABLED"},
        "s3Logs": {"status": "ENABLED", "location": "logs/builds"},
    }
    outcome = bench.run(spec("echo hello"))
    assert not bench.aws.streams
    assert ("logs", f"builds/{outcome.record['id'].rpartition(':')[2]}.gz") in bench.aws.objects


@pytest.mark.parametrize(("trusted", "denied"), [(False, ""), (True, "logs:CreateLogStream")])
def test_a_role_that_cannot_log_or_be_taken_fails_in_the_queue(bench: Bench, denied: str, trusted: bool) -> None:  # noqa: FBT001 - a case
    bench.trusted, bench.aws.denied = trusted, {denied}
    outcome = bench.run(spec("true"))
    assert outcome.phases == {"SUBMITTED": "SUCCEEDED", "QUEUED": "FAILED", "COMPLETED": ""}
    code, message = outcome.context("QUEUED")
    assert code == "ACCESS_DENIED"
    expected = (
        "does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build"
        if trusted
        else ("CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role/builder")
    )
    assert expected in message


def test_events_tell_of_start_and_end(bench: Bench) -> None:
    outcome = bench.run(spec("false"))
    kinds = [(kind, detail["build-status"], detail["project-name"]) for kind, detail in bench.events]
    assert kinds == [
        ("CodeBuild Build State Change", "IN_PROGRESS", "shop-test"),
        ("CodeBuild Build State Change", "FAILED", "shop-test"),
    ]
    assert bench.events[1][1]["build-id"] == outcome.record["arn"]


def test_a_fault_of_the_surroundings_ends_the_build_alone(bench: Bench) -> None:
    bench.running.write_text("in the way")
    outcome = bench.run(spec("true"))
    assert outcome.status == "FAULT"
    assert outcome.context("PROVISIONING")[0] == "INTERNAL_SERVICE_ERROR"
