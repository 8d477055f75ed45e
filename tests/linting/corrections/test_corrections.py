"""What the engines say of templates that AWS accepts is corrected, and nothing else is."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from linting.corrections.correct import OF_VALIDATOR, corrected
from linting.corrections.document import Document
from linting.engines.linter import CFN_LINT, VALIDATOR, Linter
from reporting.findings import Finding, Severity

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["case"]
Said = dict[str, dict[str, list[Finding]]]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Ask each engine about every case, uncorrected."""
    folder = tmp_path_factory.mktemp("cases")
    for case in CASES:
        (folder / f"{case['name']}.yaml").write_text(case["template"])
    with Linter() as linter:
        linter.start_on(folder, [f"{case['name']}.yaml" for case in CASES], ["us-east-1"])
        return linter.findings(lambda _: None)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_a_case_is_corrected(case: dict[str, Any], said: Said) -> None:
    linted, validated = (said[engine][f"{case['name']}.yaml"] for engine in (CFN_LINT, VALIDATOR))
    assert set(case["says"]) <= {one.id for one in (*linted, *validated)}, (
        "this version no longer says it: see whether its correction is still needed"
    )
    numbers = {one[1:] for one in case["says"]}
    found = corrected(case["template"].encode(), linted, validated)
    told = [one.id for one in found if one.id[1:] in numbers or one.severity is Severity.ERROR]
    assert told == case["left"]


def test_each_correction_says_what_it_corrects() -> None:
    for one in OF_VALIDATOR:
        assert re.search(r"(E\d{4}|F\d{4}|validator|cfn-lint)", one.corrected.__doc__ or ""), one


def test_a_large_template_with_a_comma_too_many_is_read_too() -> None:
    topics = ", ".join(f'"Topic{number}": {{"Type": "AWS::SNS::Topic", "Properties": {{}},}}' for number in range(300))
    assert Document(f'{{"Resources": {{{topics}}},}}'.encode()).at("Resources/Topic299/Type") == "AWS::SNS::Topic"


def test_a_large_template_that_nests_too_deep_is_not_read() -> None:
    assert Document(b"[" * 600 + b"]" * 600).root is None


def test_a_large_template_in_json_is_read_too() -> None:
    resources = {f"Topic{number}": {"Type": "AWS::SNS::Topic", "Properties": {}} for number in range(300)}
    assert Document(json.dumps({"Resources": resources}).encode()).at("Resources/Topic299/Type") == "AWS::SNS::Topic"
