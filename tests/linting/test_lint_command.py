"""`bin/lint` as a person, an editor and a continuous integration run it."""

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from linting.formats import junit, pretty, sarif
from linting.recognition.file_kinds import Kind, kind_of
from reporting.findings import Finding, Severity
from settings.root import PROJECT_ROOT

TEMPLATE = """\
Resources:
  Repository:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: {LifecyclePolicy: {LifecyclePolicyText: "{rules"}}
"""
BUILDSPEC = "version: 0.2\nphases:\n  biuld:\n    commands:\n      - make\n"


def lint(*words: str | Path, folder: Path = PROJECT_ROOT) -> subprocess.CompletedProcess[str]:
    command = [str(PROJECT_ROOT / "bin/lint"), *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    (tmp_path / "infrastructure").mkdir()
    (tmp_path / "infrastructure" / "repository.yaml").write_text(TEMPLATE)
    (tmp_path / "buildspec.yml").write_text(BUILDSPEC)
    (tmp_path / "settings.yaml").write_text("colour: blue\n")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "buildspec.yml").write_text(BUILDSPEC)
    return tmp_path


def test_a_folder_is_searched_and_every_format_tells_the_same(faulty: Path) -> None:
    told = lint("--format", "json", ".", folder=faulty)
    assert (told.returncode, told.stderr) == (1, "")
    document = json.loads(told.stdout)
    assert document["looked_at"] == ["buildspec.yml", "infrastructure/repository.yaml"]
    found = {(one["file"], one["line"], one["id"]) for one in document["findings"]}
    assert {file for file, _, _ in found} == set(document["looked_at"])
    assert ("infrastructure/repository.yaml", 6, "E9401") in found
    run = json.loads(lint("--format", "sarif", ".", folder=faulty).stdout)["runs"][0]
    assert {
        (one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], one["ruleId"]) for one in run["results"]
    } == {(file, rule) for file, _, rule in found}
    cases = ET.fromstring(lint("--format", "junit", ".", folder=faulty).stdout).iter("testcase")  # noqa: S314 - ours
    assert len(list(cases)) == len(document["findings"])
    plain = lint(".", folder=faulty).stdout
    assert plain.index("buildspec.yml\n") < plain.index("infrastructure/repository.yaml\n")
    assert "\x1b" not in plain


def test_a_region_is_told_and_advice_is_told_when_asked_for(faulty: Path) -> None:
    template = faulty / "infrastructure" / "repository.yaml"
    template.write_text("Resources: {Bucket: {Type: AWS::S3::Bucket}}\n")
    assert lint(template).returncode == 0
    assert "1 informational in 1 of 1 file." in lint("--informational", template).stdout
    template.write_text("Resources: {App: {Type: AWS::Budgets::Budget, Properties: {}}}\n")
    assert "'Budget' is a required" in lint("--region", "eu-west-1", template).stdout


def test_what_cannot_be_looked_at_is_told_at_once(faulty: Path) -> None:
    empty = faulty / "empty"
    empty.mkdir()
    told = lint(faulty / "missing.yaml", empty, faulty / "settings.yaml", PROJECT_ROOT / "build")
    assert (told.returncode, told.stdout) == (2, "")
    lines = told.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        str(faulty / name) for name in ("missing.yaml", "empty", "settings.yaml")
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00Resources: 3",
        b"Resources: [1, 2]",
        b"Resources: {A: {Type: 3}, 4: 5}",
        b"Resources:\n\t- tab",
        b'{"Resources": ' * 2000,
        b"a: &a [*a]\nResources: *a",
        b"Resources: !Sub [",
        b"AWSTemplateFormatVersion: 2010-09-09\nResources: null",
    ],
    ids=range(9),
)
def test_a_broken_template_is_a_finding(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.template"
    path.write_bytes(content)
    told = lint(path)
    assert told.returncode == 1
    assert "Traceback" not in told.stdout + told.stderr


def test_the_project_itself_is_in_order_and_its_other_files_are_named() -> None:
    told = lint("--format", "json")
    document = json.loads(told.stdout)
    assert (told.returncode, document["findings"]) == (0, [])
    assert {"build/cruddur-foundation.json", "backend-flask/buildspec.yml"} <= set(document["looked_at"])


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.yaml", b"Resources:\n  A: {}\n", Kind.TEMPLATE),
        ("a.json", b'{"AWSTemplateFormatVersion":"2010-09-09","Resources":{}}', Kind.TEMPLATE),
        ("a.yml", b"version: 0.2\nphases:\n  build:\n", Kind.BUILDSPEC),
        ("a.json", b'{"version": 0.2, "phases": {}}', Kind.BUILDSPEC),
        ("buildspec.yml", b"\t", Kind.BUILDSPEC),
        ("buildspec-test.yml", b"phases: {}", Kind.BUILDSPEC),
        ("template.yaml", b"{", Kind.TEMPLATE),
        ("manifest.json", b'{"stacks": [{"name": "a"}], "version": 1}', Kind.OTHER),
        ("docker-compose.yml", b"version: '3'\nservices: {}\n", Kind.COMPOSE),
        ("appspec.yml", b"version: 0.0\nResources:\n  - TargetService: {}\n", Kind.APPSPEC),
        ("deploy.yaml", b'version: "0.0" # of the format\nos: linux\n', Kind.APPSPEC),
        ("appspec.json", b'{"version": 0.0, "Resources": []}', Kind.APPSPEC),
        ("buildspec.yml", b"version: 0.0\nenvironment_variables:\n  plaintext: {}\n", Kind.BUILDSPEC),
        ("appspec.yaml", b"Resources:\n  - TargetService: {}\n", Kind.APPSPEC),
        ("buildspec-check.yml", b"name: ci\non: [push]\njobs: {}\n", Kind.OTHER),
        ("main.rs.template", b"// entry\nuse std::io;\n", Kind.OTHER),
        ("list.template", b"{{#each items}}\n", Kind.OTHER),
        ("amplify.yml", b"version: 1\nfrontend:\n  phases:\n    build: {}\n", Kind.AMPLIFY),
        ("a.yml", b"version: 1\napplications:\n  - frontend:\n      phases: {}\n", Kind.AMPLIFY),
        ("taskdef.json", b'{"family": "web", "containerDefinitions": []}', Kind.TASK_DEFINITION),
        ("serverless.yml", b"service: web\nresources:\n  Resources:\n    Table: {}\n", Kind.OTHER),
        ("event.json", b'{"requestId": "1", "fragment": {"Resources": {}}}', Kind.OTHER),
        ("email.template", b"Dear {{ name }},\n", Kind.OTHER),
        ("email-template.yml", b"subject: Hello\n", Kind.OTHER),
        ("sam.yaml", b"Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {}\n", Kind.TEMPLATE),
        ("a.yaml", b"# about\n---\n  Resources:\n    A: {}\n", Kind.TEMPLATE),
        ("shop-appspec.json", b'{"version": 1, "Resources": [{"TargetService": {}}]}', Kind.APPSPEC),
        ("shop.yaml", b"version: 0.0\nResources:\n  - TargetService: {}\n", Kind.APPSPEC),
        ("buildspec.yml", b"version: 0.2\nenv:\n  parameter-store:\n    A: {{prefix}}.a\n", Kind.SOURCE),
        ("buildspec.yml", b"version: 0.2\nphases:\n  build:\n    on-failure: {{ what }}\n", Kind.SOURCE),
        ("buildspec.yml", b"version: 0.2\nphases:\n  {{#tests}}\n  build: {}\n  {{/tests}}\n", Kind.SOURCE),
        ("buildspec.yml", b"version: 0.2\nphases:\n  <% if tests %>\n  build: {}\n  <% end %>\n", Kind.SOURCE),
        ("template.yaml", b"Resources:\n  A:\n    Type: B\n    {%- if c %}\n    D: e\n", Kind.SOURCE),
        ("template.json", b'{"Resources": {"A": {"Type": "{{ cookiecutter.kind }}"}}}', Kind.SOURCE),
        ("bucket.yml", b"Resources:\n  A:\n    Name: ${self:custom.name}\n", Kind.SOURCE),
        ("function.yaml", b"Resources:\n  A:\n    Code: !Rain::Embed a.py\n", Kind.SOURCE),
        ("a.yaml", b"AWSTemplateFormatVersion: x\nResources:\n  A:\n    B: ${self:custom.b}\n", Kind.TEMPLATE),
        ("a.yaml", b"Resources:\n  A:\n    B: {{resolve:ssm:/b}}\n", Kind.TEMPLATE),
        ("a.yaml", b"Resources:\n  A: '{{ b }}'\n  C: |\n    {% if d %}\n", Kind.TEMPLATE),
        ("buildspec.yml", b"phases:\n  - docker ps --format '{{.ID}}'\n  build\n:\n", Kind.BUILDSPEC),
    ],
)
def test_files_are_told_apart_by_what_stands_in_them(name: str, content: bytes, kind: Kind) -> None:
    assert kind_of(name, content) is kind


def test_a_source_of_another_tool_is_noted_and_not_judged(tmp_path: Path) -> None:
    source = tmp_path / "buildspec.yml"
    source.write_text("version: 0.2\nphases:\n  {% if tests %}\n  test: {}\n  {% endif %}\n")
    (tmp_path / "topic.yaml").write_text("Resources: {Topic: {Type: 'AWS::SNS::Topic'}}\n")
    for path in (source, tmp_path):
        told = lint(path)
        assert (told.returncode, told.stdout) == (0, "")
        assert told.stderr.startswith(f"{source}: it is a source that another tool fills in")
    assert lint("--known-only", tmp_path).stderr == ""


P = "https://docs.aws.amazon.com/odd"
FINDINGS = [
    Finding("b.yaml", 3, 5, "W9999", Severity.WARNING, "It is \x00odd <&>.", "Fix it.", "Resources/A", "Odd things", P),
    Finding("/a b.yaml", 0, 0, "E9999", Severity.ERROR, "It is wrong.", "", ""),
]


def test_formats_survive_what_stands_in_names_and_sentences() -> None:
    files = ["b.yaml", "/a b.yaml", "clean.yaml"]
    suites = ET.fromstring(junit.render(FINDINGS, files))  # noqa: S314 - ours
    assert (suites.get("tests"), suites.get("failures")) == ("3", "2")
    results = json.loads(sarif.render(FINDINGS, files))["runs"][0]["results"]
    assert [one["level"] for one in results] == ["warning", "error"]
    rule = json.loads(sarif.render(FINDINGS, files))["runs"][0]["tool"]["driver"]["rules"][1]
    assert (rule["name"], rule["shortDescription"], rule["helpUri"]) == ("OddThings", {"text": "Odd things"}, P)
    assert results[1]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "file:///a%20b.yaml"}}
    assert pretty.render(FINDINGS, files).splitlines()[-1] == "1 error, 1 warning in 2 of 3 files."
    assert pretty.render([], files) == ""
