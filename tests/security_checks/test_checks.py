"""What each check finds in a tree, with the tools themselves, and that none says clean of what it did not see."""

import datetime as dt
import json
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from proofs.rehearsal.repository import git
from settings.root import PROJECT_ROOT
from tests.local_aws_fixture import LocalAws
from tests.security_checks.conftest import Check, Outcome

pytestmark = pytest.mark.slow

Write = Callable[[str, str], Path]
GOOD_DOCKERFILE = "FROM python:3.13-slim\nUSER 10001:10001\n"
HASH = "--hash=sha256:854bf444933e37f5824ae7bfc1e98d5bce2ebe4160d46b5edf346a89358e99da"
VULNERABLE = f"colorama==0.4.5 \\\n    {HASH}\n"
KEY = "AKIA" + "QXMPLTRVJ3WNCZ57"
SECRET = f'key = "{KEY}"\n'
LATER = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date()


def waiver(check: str, identifier: str, place: str, **changed: str) -> str:
    told = {"check": check, "id": identifier, "place": place, "reason": "Known", "until": str(LATER), "who": "Ada"}
    return "[[waivers]]\n" + "".join(f'{key} = "{value}"\n' for key, value in {**told, **changed}.items())


def suite_of(outcome: Outcome, name: str) -> ET.Element:
    return ET.fromstring((outcome.files / f"{name}.xml").read_text())  # noqa: S314 - our own


def test_a_service_that_has_nothing_of_python(check: Check, write: Write) -> None:
    write("service/Dockerfile", GOOD_DOCKERFILE)
    outcome = check()
    assert outcome.code == 0, outcome.output
    assert {name: outcome.status(name) for name in outcome.results} == {
        "sast": "not applicable",
        "dependencies": "not applicable",
        "sbom": "not applicable",
        "licences": "not applicable",
        "dockerfile": "clean",
        "secrets": "clean",
        "waivers": "clean",
    }
    (case,) = suite_of(outcome, "sast")
    assert case[0].get("message") == "not applicable: no Python in the service's folder"
    assert "the source comes without its history" in outcome.output


def test_findings_fail_and_are_in_every_report(check: Check, write: Write) -> None:
    write("service/app.py", "import os\n\nexec(input())\nexec(input())  # noqa\nexec(input())  # noqa: S102\n")
    write("service/tests/test_app.py", "assert True\n")
    write("service/pyproject.toml", '[tool.ruff.lint]\nignore = ["S"]\n')
    write("service/Dockerfile", "FROM python:latest\n")
    write("other/notes.py", SECRET + SECRET.replace("\n", "  # gitleaks:allow\n"))
    write(".gitleaksignore", "other/notes.py:aws-access-token:1\n")
    outcome = check(NOT_SHIPPED="tests")
    assert outcome.code == 1
    assert outcome.found("sast") == [("S102", "service/app.py:3"), ("PGH004", "service/app.py:4")]
    assert outcome.found("dockerfile") == [
        ("DL3007", "service/Dockerfile:1"),
        ("runs-as-root", "service/Dockerfile:1"),
    ]
    assert ("aws-access-token", "other/notes.py:2") in outcome.found("secrets")
    assert ("ignore-file", ".gitleaksignore") in outcome.found("secrets")
    assert KEY not in outcome.output + "".join(path.read_text() for path in outcome.files.iterdir())
    suite = suite_of(outcome, "sast")
    assert (suite.get("failures"), suite[0].get("name")) == ("2", "S102 service/app.py:3")
    runs = json.loads((outcome.files / "security.sarif").read_text())["runs"]
    assert "DL3007" in {one["ruleId"] for run in runs for one in run["results"]}


def test_a_vulnerable_dependency_is_found_and_can_be_waived(check: Check, write: Write) -> None:
    write("service/requirements.txt", VULNERABLE)
    outcome = check()
    assert outcome.code == 1
    assert outcome.found("dependencies") == [("REHEARSAL-2026-1", "service/requirements.txt:1")]
    assert (outcome.status("sbom"), outcome.status("licences")) == ("clean", "clean"), outcome.output
    first = (outcome.files / "sbom.cdx.json").read_bytes()
    assert json.loads(first)["components"][0]["name"] == "colorama"
    vulnerability = json.loads((outcome.files / "vex.cdx.json").read_text())["vulnerabilities"][0]
    assert vulnerability["analysis"] == {"state": "in_triage"}

    write(
        "config/waivers.toml",
        waiver("dependencies", "REHEARSAL-2026-1", "service/requirements.txt", state="not_affected")
        + waiver("dependencies", "PYSEC-1", "elsewhere/requirements.txt"),
    )
    outcome = check(ALLOWED_LICENCES="MIT")
    assert outcome.status("dependencies") == "clean"
    assert outcome.status("waivers") == "clean"
    assert outcome.found("licences") == [("BSD License", "service/requirements.txt:1")]
    assert (outcome.files / "sbom.cdx.json").read_bytes() == first
    (case,) = suite_of(outcome, "dependencies")
    assert case[0].tag == "skipped"
    assert f"waived until {LATER} by Ada: Known" in case[0].get("message", "")
    vulnerability = json.loads((outcome.files / "vex.cdx.json").read_text())["vulnerabilities"][0]
    assert vulnerability["analysis"]["state"] == "not_affected"


def test_an_expired_and_an_unused_waiver_are_findings(check: Check, write: Write) -> None:
    write("service/app.py", "exec(input())\n")
    text = waiver("sast", "S102", "service/app.py", until="2020-01-01") + waiver("sast", "S103", "service/app.py")
    write("config/waivers.toml", text)
    outcome = check()
    assert outcome.code == 1
    assert outcome.found("sast") == [("S102", "service/app.py:1")]
    assert outcome.found("waivers") == [("expired", "config/waivers.toml:1"), ("unused", "config/waivers.toml:8")]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.1:9", "pip_audit reported no result: "),
        ("{aws}/_advisories/nothing", "pip_audit reported no result: "),
    ],
)
def test_a_service_that_does_not_answer_is_no_clean_bill(
    address: str, reason: str, check: Check, write: Write, local_aws: LocalAws
) -> None:
    write("service/requirements.txt", VULNERABLE)
    outcome = check("--advisories", address.format(aws=local_aws.endpoint_url))
    assert outcome.code == 1
    assert outcome.status("dependencies") == "not checked"
    assert outcome.found("dependencies") == [("not-checked", "service")]
    assert reason in outcome.output


class KnowsNothing(BaseHTTPRequestHandler):
    """Answers as an advisory service does of what is not vulnerable."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_words: object) -> None:
        """Write nothing for each request."""


def test_a_service_that_knows_nothing_is_no_clean_bill(check: Check, write: Write) -> None:
    write("service/requirements.txt", VULNERABLE)
    with ThreadingHTTPServer(("127.0.0.1", 0), KnowsNothing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        outcome = check("--advisories", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert outcome.found("dependencies") == [("not-checked", "service")]
    assert "knows nothing of jinja2 2.10, which is vulnerable" in outcome.output


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("requirements.txt", "colorama==0.4.5\n", "line 1: colorama is not an exact version with hashes"),
        ("requirements.txt", f"colorama>=0.4 {HASH}\n", "line 1: colorama is not an exact version with hashes"),
        ("requirements.txt", "-r other.txt\n", "line 1: '-r other.txt' is not an exact version with hashes"),
        ("requirements.txt", "# nothing\n", "requirements.txt names no package"),
        ("package.json", "{}", "package.json lists dependencies"),
        ("pyproject.toml", "[project]\ndependencies = []\n", "pyproject.toml lists dependencies"),
    ],
)
def test_what_can_not_be_read_is_not_checked(name: str, text: str, reason: str, check: Check, write: Write) -> None:
    write(f"service/{name}", text)
    outcome = check()
    assert outcome.code == 1
    assert outcome.found("dependencies") == [("not-checked", "service")]
    assert outcome.found("sbom") == [("not-checked", "service")]
    assert reason in outcome.output
    write(
        "config/waivers.toml",
        "".join(waiver(one, "not-checked", "service") for one in ("dependencies", "sbom", "licences")),
    )
    assert check().code == 0


def test_a_tool_that_takes_too_long_is_not_checked(check: Check, write: Write) -> None:
    write("service/app.py", "")
    outcome = check("--time-limit", "0.001")
    assert outcome.code == 1
    assert {outcome.status(name) for name in ("sast", "secrets")} == {"not checked"}
    assert "had not ended after 0.001 s" in outcome.output


def test_commits_are_searched_since_the_last_release(check: Check, write: Write, tmp_path: Path) -> None:
    source = tmp_path / "source"
    file = write("service/Dockerfile", GOOD_DOCKERFILE)
    leaked = write("service/old.txt", SECRET)
    git(source, "init", "--quiet")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message", "One")
    leaked.unlink()
    git(source, "commit", "--quiet", "--all", "--message", "Two")
    head = subprocess.run(["git", "-C", source, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert check().found("secrets") == [("aws-access-token", "service/old.txt:1")]
    assert check("--since", head.stdout.strip()).found("secrets") == []
    assert check("--since", "0" * 40).status("secrets") == "not checked"
    assert file.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--folder", "nowhere"], "--folder: 'nowhere' is not a folder below"),
        (["--folder", ".."], "--folder: '..' is not a folder below"),
        (["--advisories", "osv"], "--advisories: 'osv' is not an address"),
        (["--time-limit", "0"], "--time-limit: found 0"),
    ],
)
def test_a_bad_option_is_a_sentence(words: list[str], sentence: str, check: Check, write: Write) -> None:
    write("service/Dockerfile", GOOD_DOCKERFILE)
    outcome = check(*words)
    assert outcome.code == 2
    assert sentence in outcome.output


def test_every_tool_is_locked_with_its_hash() -> None:
    lock = (PROJECT_ROOT / "security_checks" / "requirements.txt").read_text()
    named = (PROJECT_ROOT / "security_checks" / "requirements.in").read_text().splitlines()
    wanted = [line for line in named if line and not line.startswith("#")]
    assert all("==" in line and f"{line} \\\n    --hash=sha256:" in lock for line in wanted)
