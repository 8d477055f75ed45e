"""What the security checks find ends a release in the action Secure; nothing is built then. In the local AWS."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from settings.root import PROJECT_ROOT
from tests.scenarios.place import Place, opened
from tests.scenarios.rehearsal import Rehearsal
from tests.scenarios.scenario import BASE, Scenario, Templates

ENDED = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)
BUILDSPEC = "backend-flask/security/buildspec.yml"
LOCK = "backend-flask/requirements.txt"
VULNERABLE = "colorama==0.4.5 --hash=sha256:854bf444933e37f5824ae7bfc1e98d5bce2ebe4160d46b5edf346a89358e99da\n"
FINE = "colorama==0.4.6 --hash=sha256:4f1d9991f5acc0ca119f9d443620b77f9d6b33703e51011c16baf57afb285fc6\n"
CODE = "backend-flask/app.py"
WAIVER = f"""\
[[waivers]]
check = "sast"
id = "S102"
place = "{CODE}"
reason = "For the time being"
until = {ENDED}
who = "Ada"
"""


@dataclass(frozen=True)
class Case:
    """A commit, and what the report of the check must have: the cases that failed, and words of the log."""

    files: Mapping[str, str]
    check: str
    failed: Sequence[str]
    said: str


def without_user() -> str:
    return (BASE / "backend-flask" / "Dockerfile").read_text().replace("USER 10001:10001\n", "")


def asking_nobody() -> str:
    """Have an address at which nothing answers in place of the advisory service's."""
    text = (PROJECT_ROOT / BUILDSPEC).read_text()
    return text.replace("  variables:\n", "  variables:\n    ADVISORY_SERVICE_URL: http://127.0.0.1:9\n")


CASES = {
    "a vulnerable pinned dependency": Case(
        {LOCK: VULNERABLE}, "dependencies", [f"REHEARSAL-2026-1 {LOCK}:1"], "colorama 0.4.5 is vulnerable"
    ),
    "a committed secret": Case(
        {"notes/today.txt": f"key = {'AKIA' + 'QXMPLTRVJ3WNCZ57'}\n"},
        "secrets",
        ["aws-access-token notes/today.txt:1"],
        "Revoke it, then take it out",
    ),
    "a SAST finding": Case({CODE: "exec(input())\n"}, "sast", [f"S102 {CODE}:1"], "Use of `exec` detected"),
    "a Dockerfile that runs as root": Case(
        {"backend-flask/Dockerfile": without_user()},
        "dockerfile",
        ["runs-as-root backend-flask/Dockerfile:5"],
        "the image runs as root",
    ),
    "an expired waiver": Case(
        {CODE: "exec(input())\n", "config/waivers.toml": WAIVER},
        "waivers",
        ["expired config/waivers.toml:1"],
        f"it expired on {ENDED}",
    ),
    "the advisory service is down": Case(
        {LOCK: FINE, BUILDSPEC: asking_nobody()},
        "dependencies",
        ["not-checked backend-flask"],
        "dependencies  not checked",
    ),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("secure") / "place"
    with opened(folder, Scenario(folder, "", (), (), templates=Templates(stages=("Source", "Test", "Build")))) as place:
        yield place


def released(place: Place, files: Mapping[str, str]) -> Rehearsal:
    rehearsal = Rehearsal(place, BASE)
    place.commit_checked(files)
    place.push()
    rehearsal.finish()
    return rehearsal


def secure(rehearsal: Rehearsal) -> Mapping[str, Any]:
    (found,) = [one for one in rehearsal.attempts(1) if one["actionName"] == "Secure"]
    return found


def failed_cases(place: Place, action: Mapping[str, Any]) -> list[str]:
    """Return the names of the failed cases in the reports of a build."""
    client = place.aws.client("codebuild")
    build = action["output"]["executionResult"]["externalExecutionId"]
    (found,) = client.batch_get_builds(ids=[build])["builds"]
    cases = [one for arn in found["reportArns"] for one in client.describe_test_cases(reportArn=arn)["testCases"]]
    return [one["name"] for one in cases if one["status"] != "SUCCEEDED" and one["status"] != "SKIPPED"]


@pytest.mark.timeout(400)
def test_a_release_without_findings_goes_on_and_hands_on_what_was_seen(place: Place) -> None:
    rehearsal = released(place, {LOCK: FINE})
    assert rehearsal.stages(1)["Test"] == "Succeeded", rehearsal.described()
    assert "Build" in rehearsal.stages(1)
    (handed,) = secure(rehearsal)["output"]["outputArtifacts"]
    assert handed["name"] == "securityReports"
    log = rehearsal.log(1, "Secure")
    assert "1 packages, in sbom.cdx.json" in log, log
    assert failed_cases(place, secure(rehearsal)) == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", CASES)
def test_a_fault_ends_the_release_in_secure(place: Place, name: str) -> None:
    case = CASES[name]
    rehearsal = released(place, case.files)
    assert rehearsal.status(1) == "Failed", rehearsal.described()
    assert rehearsal.stages(1) == {"Source": "Succeeded", "Test": "Failed"}, rehearsal.described()
    assert secure(rehearsal)["status"] == "Failed"
    (test,) = [one for one in rehearsal.attempts(1) if one["actionName"] == "Test"]
    assert test["status"] == "Succeeded"
    assert "python -m security_checks" in rehearsal.reason(1)
    log = rehearsal.log(1, "Secure")
    assert case.said in log, log
    assert set(case.failed) <= set(failed_cases(place, secure(rehearsal))), rehearsal.described()
