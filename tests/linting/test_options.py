"""What `bin/lint` is asked for besides looking at files: baselines, waivers, fixes, what changed, and explanations."""

import datetime as dt
import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from linting import baseline, waivers
from linting.appspecs.lint import findings as of_appspec
from linting.fix import fix
from linting.rule_index import entries
from reporting.findings import Finding, Severity
from settings.root import PROJECT_ROOT

FAULTY = """\
version: 0.2
phases:
  build:
    commands:
      - docker run -it shop make test
      - echo "Status: done"
"""


def lint(folder: Path, *words: str, given: bytes = b"") -> tuple[int, list[dict[str, Any]], str]:
    command = [str(PROJECT_ROOT / "bin/lint"), "--format", "json", *words]
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)
    out = json.loads(done.stdout)["findings"] if done.stdout else []
    return done.returncode, out, done.stderr.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "buildspec.yml").write_text(FAULTY)
    return tmp_path


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in found]


def test_a_baseline_leaves_what_is_new(folder: Path) -> None:
    code, _, said = lint(folder, "buildspec.yml", "--write-baseline", "known.json")
    assert (code, said) == (0, "known.json: 2 findings written.\n")
    (folder / "buildspec.yml").write_text("# first\n" + FAULTY + "      - docker run -it shop make check\n")
    code, found, _ = lint(folder, "buildspec.yml", "--baseline", "known.json")
    assert (code, [(one["id"], one["line"]) for one in found]) == (1, [("E9754", 8)])
    (folder / "known.json").write_text("[]")
    code, _, said = lint(folder, "buildspec.yml", "--baseline", "known.json")
    assert (code, said) == (2, "known.json: it is not a baseline; write one with --write-baseline known.json.\n")


def test_a_baseline_counts() -> None:
    one = Finding("a.yml", 1, 1, "E9754", Severity.ERROR, "It is wrong.", place="phases/build")
    known = Counter({("a.yml", "E9754", "phases/build"): 1, ("b.yml", "E9754", "phases/build"): 1})
    assert baseline.new([one, one], known) == ([one], 1)


WAIVER = "# pipeline-lint: ignore=E9754 until=2030-01-31 reason=the image asks for a terminal"
TODAY = dt.date(2030, 1, 31)


@pytest.mark.parametrize(
    ("text", "day", "left"),
    [
        (FAULTY.replace("test\n", f"test {WAIVER}\n"), TODAY, []),
        (FAULTY.replace("      - docker", f"      {WAIVER}\n      - docker"), TODAY, []),
        (FAULTY.replace("  build:", f"  {WAIVER}\n  # and more\n  build:"), TODAY, []),
        (FAULTY.replace("version", f"{WAIVER}\nversion"), TODAY, ["I9903", "E9754"]),
        (FAULTY.replace("test\n", f"test {WAIVER}\n"), TODAY + dt.timedelta(1), ["E9754", "W9902"]),
        (FAULTY.replace("test\n", f"test {WAIVER.replace('E9754', 'E9755')}\n"), TODAY, ["E9754", "I9903"]),
        (FAULTY.replace("test\n", "test # pipeline-lint: ignore=E9754\n"), TODAY, ["E9754", "E9901"]),
        (FAULTY.replace("test\n", f"test {WAIVER.replace('2030-01-31', '2030-02-31')}\n"), TODAY, ["E9754", "E9901"]),
    ],
    ids=["line", "above", "block", "elsewhere", "ended", "other_id", "no_reason", "no_day"],
)
def test_a_waiver_has_a_place_an_end_and_a_reason(text: str, day: dt.date, left: list[str]) -> None:
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "docker" in row)
    finding = Finding("b.yml", line, 1, "E9754", Severity.ERROR, "It has no terminal.")
    assert [one.id for one in waivers.apply([finding], "b.yml", text.encode(), day)] == left


@pytest.mark.parametrize(("waived", "found", "left"), [("E", "W", []), ("W", "E", ["E3014", "I9903"])])
def test_a_waiver_of_an_error_is_one_of_the_warning_that_it_may_be(waived: str, found: str, left: list[str]) -> None:
    text = f"ingress: # pipeline-lint: ignore={waived}3014 until=2030-01-31 reason=the rule is made elsewhere"
    severity = {"E": Severity.ERROR, "W": Severity.WARNING}[found]
    finding = Finding("a.yml", 1, 1, f"{found}3014", severity, "It has no source.")
    assert [one.id for one in waivers.apply([finding], "a.yml", text.encode(), TODAY)] == left


def test_waivers_are_read_from_files(folder: Path) -> None:
    (folder / "buildspec.yml").write_text(FAULTY.replace("test\n", f"test {WAIVER.replace('2030', '2999')}\n"))
    assert lint(folder, "buildspec.yml")[:2] == (1, []) or ids(lint(folder, "buildspec.yml")[1]) == ["E9707"]


def test_what_has_one_correction_is_fixed(folder: Path) -> None:
    code, found, said = lint(folder, "--fix", "buildspec.yml")
    assert (code, ids(found), said) == (1, ["E9754"], "1 finding fixed.\n")
    assert "      - 'echo \"Status: done\"'\n" in (folder / "buildspec.yml").read_text()


@pytest.mark.parametrize(
    ("identifier", "line", "sentence", "after"),
    [
        ("E9707", "  - echo it's: here", "", "  - 'echo it''s: here'"),
        ("E9707", "  - echo a: b # why", "", None),
        ("E9707", "  - {a: b}", "", None),
        ("W9731", "  python: 3.10 # newest", "YAML reads 3.10 without quotes as 3.1.", '  python: "3.10" # newest'),
        ("W9731", "  python: 3.10", "CodeBuild's images have no python 3.10.", None),
        ("E9709", "version: 2", "", "version: 0.2"),
        ("E9709", "phases:", "the key version is missing", "version: 0.2\nphases:"),
        ("E9802", "version: 1.0 # of the format", "", "version: 0.0 # of the format"),
    ],
)
def test_a_fix_is_certain(tmp_path: Path, identifier: str, line: str, sentence: str, after: str | None) -> None:
    path = tmp_path / "file.yml"
    path.write_bytes(f"{line}\r\nlast: 1\r\n".encode())
    fixed = fix([Finding(str(path), 1, 1, identifier, Severity.ERROR, sentence)])
    assert fixed == (after is not None)
    assert path.read_bytes() == f"{line if after is None else after}\nlast: 1\n".replace("\n", "\r\n").encode()


def git(folder: Path, *words: str) -> None:
    identity = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    identity |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **identity})


def test_only_what_changed_is_looked_at(folder: Path) -> None:
    git(folder, "init", "--initial-branch", "main")
    (folder / "README.yml").write_text("about: this\n")
    (folder / "old.buildspec.yml").write_text(FAULTY)
    git(folder, "add", ".")
    git(folder, "commit", "--message", "first")
    (folder / "buildspec.yml").write_text(FAULTY + "      - make\n")
    (folder / "README.yml").write_text("about: that\n")
    (folder / "new.buildspec.yml").write_text(FAULTY)
    code, found, said = lint(folder, "--changed", "HEAD")
    assert (code, said) == (1, "")
    assert {one["file"] for one in found} == {"buildspec.yml", "new.buildspec.yml"}
    assert lint(folder, "--changed", "nothing")[::2] == (
        2,
        "--changed nothing: bad revision 'nothing'. Name a revision of the repository that you are in.\n",
    )
    assert lint(folder, "--changed=--output=x")[0] == 2


def test_standard_input_and_patterns(folder: Path) -> None:
    code, found, _ = lint(folder, "-", "--stdin-name", "ci/buildspec.yml", given=FAULTY.encode())
    assert (code, {one["file"] for one in found}) == (1, {"ci/buildspec.yml"})
    (folder / "ci").mkdir()
    (folder / "ci" / "one.yml").write_text(FAULTY)
    code, found, _ = lint(folder, "**/*.yml")
    assert (code, {one["file"] for one in found}) == (1, {"buildspec.yml", "ci/one.yml"})


def test_what_cannot_be_looked_at_gets_a_sentence_while_the_others_are_linted(folder: Path) -> None:
    (folder / "loop.yml").symlink_to("loop.yml")
    (folder / "around").symlink_to(folder)
    (folder / "large.buildspec.yml").write_bytes(FAULTY.encode() + b"#" * 50_000_000)
    (folder / "compose.yaml").write_text("services: {web: {image: shop}}\n")
    code, found, said = lint(folder, ".", "loop.yml", "compose.yaml", "missing.yml")
    assert code == 2
    assert {(one["file"], one["id"]) for one in found} >= {("buildspec.yml", "E9754"), ("large.buildspec.yml", "E0002")}
    lines = said.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["loop.yml", "missing.yml", "around", "compose.yaml"]
    assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    ("identifier", "says"), [("E9101", "type V2"), ("E9754", "terminal"), ("E3050", "IAM"), ("F3037", "unique")]
)
def test_ids_are_explained(identifier: str, says: str) -> None:
    command = [str(PROJECT_ROOT / "bin/lint"), "--explain", identifier]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{identifier}: ")
    assert says in done.stdout


def test_an_id_that_is_none_is_told() -> None:
    done = subprocess.run([str(PROJECT_ROOT / "bin/lint"), "--explain", "E0"], capture_output=True, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


ECS = """\
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo: {ContainerName: web, ContainerPort: 8080}
Hooks:
  - BeforeAllowTraffic: check
"""
LAMBDA = """\
version: "0.0"
Resources:
  - Orders:
      Type: AWS::Lambda::Function
      Properties: {Name: orders, Alias: live, CurrentVersion: 1, TargetVersion: 2}
"""
SERVER = """\
version: 0.0
os: linux
files:
  - {source: /, destination: /srv/shop}
hooks:
  ApplicationStart:
    - {location: start.sh, timeout: 60}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ECS, []),
        (LAMBDA, []),
        (SERVER, []),
        ("{", [("E9801", 1)]),
        ("[]", [("E9801", 1)]),
        (ECS.replace("0.0", "0.2"), [("E9802", 1)]),
        (ECS.replace("version: 0.0\n", ""), [("E9802", 1)]),
        (ECS.replace("Hooks", "Hook"), [("E9803", 8)]),
        (SERVER.replace("files", "file"), [("E9803", 3)]),
        (SERVER.replace("linux", "macos"), [("E9803", 2)]),
        (ECS.replace("ECS::Service", "ECS::TaskSet"), [("E9804", 3)]),
        (ECS.replace("        TaskDefinition: <TASK_DEFINITION>\n", ""), [("E9804", 3)]),
        (ECS.replace(", ContainerPort: 8080", ""), [("E9804", 7)]),
        (LAMBDA.replace("Alias: live, ", ""), [("E9804", 3)]),
        (ECS.replace("BeforeAllowTraffic", "ApplicationStart"), [("E9805", 9)]),
        (LAMBDA + "Hooks: [{BeforeInstall: check}]\n", [("E9805", 6)]),
        (SERVER.replace("ApplicationStart", "Install"), [("E9805", 6)]),
    ],
)
def test_appspec_files_are_judged(text: str, found: list[tuple[str, int]]) -> None:
    assert [(one.id, one.line) for one in of_appspec(text.encode(), "appspec.yml")] == found


def test_every_rule_has_an_id_of_a_documented_range() -> None:
    assert all(one.id[1:3] in {"91", "92", "93", "94", "95", "96", "97", "98", "99"} for one in entries())
