"""What stays of a build: artifacts, reports, caches, logs, events."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from local_aws.service import Json
from tests.local_aws.builds.conftest import CALLER, Bench, spec, until

OUT = {"type": "CODEPIPELINE", "location": "artifacts", "name": "shop/out/1"}


def archive(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
    return content.getvalue()


def names(bench: Bench, key: str = "shop/out/1") -> list[str]:
    return sorted(zipfile.ZipFile(io.BytesIO(bench.aws.objects["artifacts", key])).namelist())


MAKE = (
    "mkdir -p dist/css dist/.hidden my-build-1 my-build-2/my-subdirectory; "
    "touch dist/a.js dist/css/b.css dist/.hidden/c dist/.env my-build-1/one.txt my-build-2/my-subdirectory/two.txt; "
    "ln -s a.js dist/link.js"
)


@pytest.mark.parametrize(
    ("artifacts", "expected"),
    [
        ("files: ['**/*']\n  base-directory: dist", [".env", ".hidden/c", "a.js", "css/b.css", "link.js"]),
        ("files: ['dist/*']", ["dist/.env", "dist/a.js", "dist/link.js"]),
        ("files: [dist/a.js]", ["dist/a.js"]),
        ("files: ['**/*.css']", ["dist/css/b.css"]),
        (
            "files: ['dist/**/*']\n  exclude-paths: ['**/.*', '**/.*/**/*']",
            ["dist/a.js", "dist/css/b.css", "dist/link.js"],
        ),
        ("files: ['*/two.txt']\n  base-directory: my-build-2", ["my-subdirectory/two.txt"]),
        ("files: ['**/*']\n  base-directory: 'my-build*'\n  discard-paths: yes", ["one.txt", "two.txt"]),
        ("files: [missing, dist/css/*]", ["dist/css/b.css"]),
        ("files: ['dist/[ab].js', 'dist/?.js']", ["dist/a.js"]),
    ],
)
def test_artifacts_are_found_as_codebuild_does(bench: Bench, artifacts: str, expected: list[str]) -> None:
    outcome = bench.run(spec(MAKE, artifacts=f"artifacts:\n  {artifacts}\n"), artifactsOverride=OUT)
    assert outcome.status == "SUCCEEDED", outcome.log
    assert names(bench) == expected


def test_the_record_names_the_artifact_and_its_hashes(bench: Bench) -> None:
    key = "arn:aws:kms:ca-central-1:000000000000:key/1"
    text = spec("touch a", artifacts="artifacts: {files: [a]}\n")
    outcome = bench.run(text, artifactsOverride=OUT, encryptionKeyOverride=key)
    assert outcome.record["artifacts"]["location"] == "arn:aws:s3:::artifacts/shop/out/1"
    assert len(outcome.record["artifacts"]["sha256sum"]) == 64
    (put,) = bench.aws.put_requests
    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"]) == ("aws:kms", key)
    assert put["Metadata"]["codebuild-buildarn"] == outcome.record["arn"]


def test_modes_are_kept_and_links_on_request(bench: Bench) -> None:
    text = spec(
        "echo x >run; chmod 755 run; ln -s run link",
        artifacts="artifacts: {files: ['*'], enable-symlinks: yes}\n",
    )
    bench.run(text, artifactsOverride=OUT)
    packed = zipfile.ZipFile(io.BytesIO(bench.aws.objects["artifacts", "shop/out/1"]))
    assert packed.getinfo("run").external_attr >> 16 & 0o777 == 0o755
    assert packed.read("link") == b"run"


def test_no_matching_files_fail_the_build(bench: Bench) -> None:
    outcome = bench.run(spec("true", artifacts="artifacts: {files: [missing]}\n"), artifactsOverride=OUT)
    assert outcome.status == "FAILED"
    assert outcome.context("UPLOAD_ARTIFACTS") == ("CLIENT_ERROR", "no matching artifact paths found")
    assert "Skipping invalid file path missing" in outcome.log


def test_artifacts_of_a_failed_build_are_attempted(bench: Bench) -> None:
    text = spec("touch a", "false", artifacts="artifacts: {files: [a]}\n")
    outcome = bench.run(text, artifactsOverride=OUT)
    assert outcome.status == "FAILED"
    assert names(bench) == ["a"]


def test_several_outputs_go_by_their_identifiers(bench: Bench) -> None:
    text = spec(
        "touch a b",
        artifacts="artifacts:\n  files: [a]\n  secondary-artifacts:\n    Docs: {files: [b]}\n    App: {files: [a]}\n",
    )
    outputs = [
        {"type": "CODEPIPELINE", "artifactIdentifier": name, "location": "artifacts", "name": f"out/{name}"}
        for name in ("App", "Docs")
    ]
    outcome = bench.run(text, secondaryArtifactsOverride=outputs)
    assert names(bench, "out/App") == ["a"]
    assert names(bench, "out/Docs") == ["b"]
    assert [item["artifactIdentifier"] for item in outcome.record["secondaryArtifacts"]] == ["App", "Docs"]


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"packaging": "ZIP", "name": "app.zip", "path": "builds"}, "builds/app.zip"),
        ({"packaging": "ZIP", "overrideArtifactName": True}, "shop-1.0"),
        ({"packaging": "NONE", "name": "site"}, "site/a"),
        ({"packaging": "ZIP"}, "shop-test"),
    ],
)
def test_artifacts_of_a_project_by_itself_go_where_it_says(bench: Bench, settings: Json, key: str) -> None:
    bench.project["artifacts"] = {"type": "S3", "location": "artifacts", **settings}
    outcome = bench.run(spec("touch a; V=1.0", artifacts="artifacts: {files: [a], name: shop-$V}\n"))
    assert outcome.status == "SUCCEEDED", outcome.log
    assert ("artifacts", key) in bench.aws.objects


def test_a_missing_right_to_put_objects_fails_the_upload(bench: Bench) -> None:
    bench.aws.denied = {"s3:PutObject"}
    outcome = bench.run(spec("touch a", artifacts="artifacts: {files: [a]}\n"), artifactsOverride=OUT)
    assert outcome.context("UPLOAD_ARTIFACTS")[1].startswith(
        "Failed to upload artifacts: AccessDeniedException: User: "
    )


JUNIT = """\
<testsuites><testsuite name="pytest" time="1.5">
<testcase classname="tests.a" name="one" time="1.25"/>
<testcase classname="tests.a" name="two" time="0.25"><failure message="assert 1 == 2">trace</failure></testcase>
<testcase classname="tests.b" name="three"><skipped message="no docker"/></testcase>
<testcase classname="tests.b" name="four"><error message="boom"/></testcase>
</testsuite></testsuites>
"""
COBERTURA = """\
<coverage><packages><package><classes>
<class filename="shop/app.py"><lines><line number="1" hits="3"/><line number="2" hits="0"/>
<line number="3" hits="1" branch="true" condition-coverage="50% (1/2)"/></lines></class>
<class filename="shop/db.py"><lines><line number="1" hits="1"/></lines></class>
</classes></package></packages></coverage>
"""
REPORTS = "reports:\n  pytest: {files: [junit.xml]}\n  coverage: {files: ['*.cov'], file-format: COBERTURAXML}\n"


def written(name: str, text: str) -> str:
    return f"echo '{text}' >{name}".replace("\n", " ")


def reporting(*commands: str, reports: str = REPORTS) -> str:
    quoted = [f"'{command.replace(chr(39), chr(39) * 2)}'" for command in commands]
    return spec(*quoted, reports=reports)


BOTH = (written("junit.xml", JUNIT), written("a.cov", COBERTURA))


def test_reports_become_records(bench: Bench) -> None:
    outcome = bench.run(reporting(*BOTH))
    assert outcome.status == "SUCCEEDED", outcome.log
    assert bench.aws.groups["shop-test-pytest"] == "TEST"
    assert bench.aws.groups["shop-test-coverage"] == "CODE_COVERAGE"
    arns = outcome.record["reportArns"]
    tests, coverage = bench.reports.batch_get_reports(CALLER, {"reportArns": arns})["reports"]
    assert tests["reportGroupArn"] == "arn:aws:codebuild:ca-central-1:000000000000:report-group/shop-test-pytest"
    assert tests["status"] == "FAILED"
    assert tests["testSummary"] == {
        "total": 4,
        "statusCounts": {"SUCCEEDED": 1, "FAILED": 1, "ERROR": 1, "SKIPPED": 1, "UNKNOWN": 0},
        "durationInNanoSeconds": 1_500_000_000,
    }
    assert coverage["codeCoverageSummary"] == {
        "lineCoveragePercentage": 75.0,
        "linesCovered": 3,
        "linesMissed": 1,
        "branchCoveragePercentage": 50.0,
        "branchesCovered": 1,
        "branchesMissed": 1,
    }
    failed = bench.reports.describe_test_cases(CALLER, {"reportArn": arns[0], "filter": {"status": "FAILED"}})
    assert [(case["name"], case["message"]) for case in failed["testCases"]] == [("two", "assert 1 == 2\ntrace")]
    least = {"reportArn": arns[1], "sortBy": "LINE_COVERAGE_PERCENTAGE"}
    covered = bench.reports.describe_code_coverages(CALLER, least)["codeCoverages"]
    assert [item["filePath"] for item in covered] == ["shop/app.py", "shop/db.py"]
    listed = bench.reports.list_reports_for_report_group(CALLER, {"reportGroupArn": tests["reportGroupArn"]})
    assert listed["reports"] == [arns[0]]


def test_a_group_that_is_there_is_used_again(bench: Bench) -> None:
    for _ in range(2):
        assert bench.run(reporting(*BOTH)).status == "SUCCEEDED"
    assert len(bench.reports.list_reports(CALLER, {})["reports"]) == 4


@pytest.mark.parametrize(
    ("commands", "message"),
    [
        (BOTH[:1], "Error in UPLOAD_ARTIFACTS phase: [coverage: [report files not found in build]]"),
        (
            (written("junit.xml", "<html/>"), BOTH[1]),
            "[pytest: [error parsing report file junit.xml: expected testsuites",
        ),
        (("echo no xml >junit.xml", BOTH[1]), "[pytest: [error parsing report file junit.xml: syntax error"),
        (
            (written("junit.xml", '<!DOCTYPE a [<!ENTITY b "c">]><testsuite>&b;</testsuite>'), BOTH[1]),
            "[pytest: [error parsing report file junit.xml: EntitiesForbidden",
        ),
    ],
)
def test_a_report_that_cannot_be_made_fails_the_build(bench: Bench, commands: tuple[str, ...], message: str) -> None:
    outcome = bench.run(reporting(*commands))
    assert outcome.status == "FAILED"
    code, found = outcome.context("UPLOAD_ARTIFACTS")
    assert code == "CLIENT_ERROR"
    assert message in found


@pytest.mark.parametrize("action", ["CreateReportGroup", "CreateReport", "BatchPutTestCases", "UpdateReport"])
def test_each_right_that_reports_need_is_asked_for(bench: Bench, action: str) -> None:
    bench.aws.denied = {f"codebuild:{action}"}
    outcome = bench.run(reporting(*BOTH))
    code, message = outcome.context("UPLOAD_ARTIFACTS")
    assert code == "CLIENT_ERROR"
    assert message.startswith(
        "AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/builder/AWSCodeBuild-"
    )
    assert f"is not authorized to perform: codebuild:{action} on resource: " in message


def test_reports_of_a_failed_build_are_made(bench: Bench) -> None:
    outcome = bench.run(reporting(*BOTH, "false"))
    assert outcome.status == "FAILED"
    assert len(outcome.record["reportArns"]) == 2


CACHE = (
    "cache:\n  key: k-$(codebuild-hash-files lock)\n  fallback-keys: [k-]\n  paths: [deps/**/*, /root/.cache/**/*]\n"
)


def test_a_cache_is_kept_by_key_and_falls_back(bench: Bench) -> None:
    bench.project["cache"] = {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}

    def run(lock: str) -> list[str]:
        bench.aws.objects["in", "src.zip"] = archive({"lock": lock, "buildspec.yml": BUILDSPEC})
        outcome = bench.run("", sourceTypeOverride="S3", sourceLocationOverride="in/src.zip")
        assert outcome.status == "SUCCEEDED", outcome.log
        return outcome.output

    commands = (
        "cat deps/d $HOME/.cache/c 2>&1 | grep -v cat",
        "mkdir -p deps $HOME/.cache; cp lock deps/d; cp lock $HOME/.cache/c",
    )
    BUILDSPEC = spec(commands[0] + " || true", commands[1], cache=CACHE)  # noqa: N806 - text of a file
    assert run("1\n") == []
    assert run("1\n") == ["1", "1"]
    assert run("2\n") == ["1", "1"]
    assert run("1\n") == ["1", "1"]
    assert run("2\n") == ["2", "2"]


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


def test_a_fault_of_the_surroundings_ends_the_build_alone(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "builds" / "running").parent.mkdir(exist_ok=True)
    (tmp_path / "builds" / "running").write_text("in the way")
    outcome = bench.run(spec("true"))
    assert outcome.status == "FAULT"
    assert outcome.context("PROVISIONING")[0] == "INTERNAL_SERVICE_ERROR"
