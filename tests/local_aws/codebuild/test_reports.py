"""Reports: files of a build become records, under the rights of its role."""

import pytest

from tests.local_aws.codebuild.conftest import CALLER, Bench, spec

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
