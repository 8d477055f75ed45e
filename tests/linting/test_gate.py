"""The gate: nothing that the linters object to passes, and a remembered verdict is as good as a fresh one."""

import json
import subprocess
from pathlib import Path
from typing import Any

from linting import gate
from linting.engines.linter import Linter
from linting.engines.validator import SWITCHED_OFF
from linting.result_cache import ResultCache, cache_key
from reporting.findings import Finding, Severity
from settings.root import BUILD, PROJECT_ROOT

GOOD = json.loads((BUILD / "cruddur-foundation.json").read_text("utf-8"))
REGIONS = ["ca-central-1"]


def changed(**properties: Any) -> bytes:
    template = json.loads(json.dumps(GOOD))
    template["Resources"]["ReleaseTopic"]["Properties"].update(properties)
    return json.dumps(template, indent=2).encode()


FAULTS = {
    "unknown-property.json": (changed(NoSuchProperty="x"), "E3002"),
    "reference-to-nothing.json": (changed(KmsMasterKeyId={"Ref": "Nobody"}), "E1020"),
    "unknown-type.json": (b'{"Resources": {"A": {"Type": "AWS::No::Such"}}}', "E3006"),
    "depends-on-nothing.json": (b'{"Resources": {"A": {"Type": "AWS::S3::Bucket", "DependsOn": ["B"]}}}', "E3005"),
    "not-json.json": (b'{"Resources": {', "E0000"),
    "unused-parameter.json": (b'{"Parameters": {"Unused": {"Type": "String"}}, "Resources": {}}', "W2001"),
    "not-retained.json": (b'{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}', "I3011"),
}


def looked_at(folder: Path, templates: dict[str, bytes]) -> list[Finding]:
    for name, content in templates.items():
        (folder / name).write_bytes(content)
    with Linter() as linter:
        return gate.check(linter, folder, templates, REGIONS, lambda _: None)


def test_what_either_linter_objects_to_is_found(tmp_path: Path) -> None:
    found = looked_at(tmp_path, {name: content for name, (content, _) in FAULTS.items()})
    assert all(finding.sentence for finding in found)
    ids = {name: {finding.id for finding in found if finding.file == name} for name in FAULTS}
    assert {name: expected in ids[name] for name, (_, expected) in FAULTS.items()} == dict.fromkeys(FAULTS, True)


def test_a_remembered_verdict_is_the_fresh_one(tmp_path: Path) -> None:
    content = changed(NoSuchProperty=str(tmp_path))
    fresh = looked_at(tmp_path, {"some.json": content})
    assert fresh
    assert looked_at(tmp_path, {"some.json": content}) == fresh


def test_a_verdict_holds_under_its_own_conditions_only(tmp_path: Path) -> None:
    finding = Finding("a.json", 1, 2, "E1", Severity.ERROR, "It is wrong.", "Mend it.", "Resources/A")
    ResultCache(tmp_path, [b"rules 1", b"cfn-lint 1"]).remember("a.json", b"{}", [finding])
    assert ResultCache(tmp_path, [b"rules 1", b"cfn-lint 1"]).find("a.json", b"{}") == [finding]
    assert ResultCache(tmp_path, [b"rules 2", b"cfn-lint 1"]).find("a.json", b"{}") is None
    assert ResultCache(tmp_path, [b"rules 1", b"cfn-lint 2"]).find("a.json", b"{}") is None
    assert ResultCache(tmp_path, [b"rules 1", b"cfn-lint 1"]).find("a.json", b"{ }") is None
    assert ResultCache(tmp_path, [b"rules 1", b"cfn-lint 1"]).find("b.json", b"{}") is None


def test_a_broken_memory_is_no_memory(tmp_path: Path) -> None:
    verdicts = ResultCache(tmp_path, [b"x"])
    verdicts.remember("a.json", b"{}", [])
    (path,) = tmp_path.glob("*.json")
    for broken in ("", "{", '[{"file": 1}]', "3", '{"a": 1}'):
        path.write_text(broken)
        assert verdicts.find("a.json", b"{}") is None


def test_the_conditions_name_the_linters_the_rules_their_configuration_and_the_regions() -> None:
    here = list(cache_key(["ca-central-1"]))
    assert (PROJECT_ROOT / ".cfnlintrc").read_bytes() in here
    assert (PROJECT_ROOT / "linting" / "gate.py").read_bytes() in here
    assert any(part.startswith(b"cfn-lint==") for part in here)
    assert here != list(cache_key(["eu-west-1"]))


def test_plain_cfn_lint_over_the_whole_folder_says_nothing() -> None:
    command = [str(PROJECT_ROOT / ".venv/bin/cfn-lint")]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_rule_that_is_switched_off_has_a_reason() -> None:
    assert all(len(reason.split()) > 5 for reason in SWITCHED_OFF.values())
    lines = (PROJECT_ROOT / ".cfnlintrc").read_text("utf-8").splitlines()
    ignored = lines[lines.index("ignore_checks:") + 1 :]
    assert ignored
    assert all("#" in line for line in ignored)
