"""The shortcuts through cfn-lint: it finds what it finds without them, to the letter."""

import hashlib
import inspect
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cfnlint.context.context
import cfnlint.helpers
import cfnlint.jsonschema.validators
import cfnlint.rules.jsonschema.CfnLint
import pytest
from cfnlint.jsonschema._filter import FunctionFilter
from cfnlint.jsonschema._keywords import enum
from cfnlint.jsonschema._utils import equal
from cfnlint.version import __version__

from linting.engines.linter import CFN_LINT, Linter, one_line
from settings.root import BUILD, PROJECT_ROOT

pytestmark = pytest.mark.slow

REGION = "ca-central-1"

KNOWN = {
    cfnlint.context.context.Context: "f4827ffb78f64a75",
    cfnlint.context.context.Path: "45b357c703ec1be6",
    FunctionFilter: "97651a9f01c3fc83",
    cfnlint.jsonschema.validators.create: "2d1dd51fbc7a640b",
    cfnlint.rules.jsonschema.CfnLint.CfnLint: "646e7e2faf7ec828",
    cfnlint.helpers.load_resource: "150e3585249f6178",
    enum: "f085f9576416178c",
    equal: "c1b3c9d8aab2b8bc",
}
"""What linting/engines/cfnlint_patches.py goes around, as it stood when that was written."""

EQUAL = {"Fn::Equals": [{"Ref": "P"}, "a"]}
PARAMETER = {"P": {"Type": "String", "AllowedValues": ["a", "b"]}}
BUCKET = {"Type": "AWS::S3::Bucket"}
SMALL: tuple[dict[str, Any], ...] = (
    {"Resources": {"A": {**BUCKET, "DependsOn": "B"}, "B": {**BUCKET, "DependsOn": "A"}}},
    {"Resources": {"A": {**BUCKET, "Properties": {"BucketName": {"Fn::GetAtt": ["A", "Arn"]}}}}},
    {"Resources": {"A": {**BUCKET, "Condition": "Nobody"}}},
    {"Parameters": PARAMETER, "Conditions": {"C": EQUAL}, "Resources": {"A": BUCKET}},
    {
        "Parameters": PARAMETER,
        "Conditions": {
            "C": EQUAL,
            "D": {"Fn::Not": [{"Condition": "C"}]},
            "E": {"Fn::Or": [EQUAL, {"Condition": "D"}]},
        },
        "Resources": {
            "A": {**BUCKET, "Condition": "C"},
            "B": {**BUCKET, "Condition": "E", "Properties": {"BucketName": {"Ref": "A"}}},
            "F": {**BUCKET, "Condition": "C", "Properties": {"BucketName": {"Fn::If": ["D", "x", {"Ref": "P"}]}}},
        },
        "Outputs": {"O": {"Value": {"Fn::GetAtt": ["A", "Arn"]}}},
    },
    {"Mappings": {"M": {"a": {"b": "c"}}}, "Resources": {"A": BUCKET}},
    {"Resources": {"A": {**BUCKET, "Properties": {"BucketName": {"Fn::FindInMap": ["M", "a", "b"]}}}}},
    {"Resources": {"A": {**BUCKET, "Properties": {"BucketName": {"Fn::Sub": "${Nobody}-${AWS::Nothing}"}}}}},
    {"Resources": {"A": {**BUCKET, "Properties": {"BucketName": {"Fn::Join": ["-", "a"]}, "Tags": {"a": "b"}}}}},
    {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": 3}}}}},
    {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python2.7", "Code": {}}}}},
    {"Resources": {"A": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "x", "SubnetId": ["a", "b"]}}}},
    {"Resources": {"A": {"Type": "AWS::No::Such"}, "B": {}, "C": 3}, "Nothing": {}},
    {"Parameters": {"P": {"Type": "Text", "Default": 3}}, "Outputs": {"O": {}}, "Resources": {}},
    {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::All": ["N", ["a", "b"], {"${N}": BUCKET}]}},
)
"""Templates with faults of many kinds."""

VALUES: tuple[Any, ...] = (
    7,
    "",
    "a b",
    [],
    {},
    {"Ref": "Nobody"},
    {"Ref": "AWS::NoValue"},
    {"Fn::GetAtt": ["Nobody", "Arn"]},
    {"Fn::Sub": "${Nobody.Arn}"},
    {"Fn::If": ["HasNotificationEmail", {"Ref": "AWS::NoValue"}, "b"]},
    "arn:aws:iam::123456789012:role/x",
    "{{resolve:secretsmanager:x}}",
    "s3:NoSuchAction",
)
"""What is put into the project's templates, anywhere."""

SPOILED = 8
"""So many of the project's templates are spoiled; enough to differ by if anything does."""


@pytest.mark.parametrize("part", KNOWN, ids=lambda part: part.__qualname__)
def test_what_is_gone_around_is_what_it_was(part: Any) -> None:
    digest = hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]
    assert digest == KNOWN[part], (
        f"cfn-lint {__version__} has another {part.__qualname__}: see whether cfnlint_patches.py still does what "
        f"that does, then write {digest} here."
    )


def test_sympy_and_the_rest_of_networkx_are_loaded_when_they_are_used(tmp_path: Path) -> None:
    program = """
import sys
from linting.engines.cfn_lint import CfnLint
linter = CfnLint(sys.argv[1])
for file in sys.argv[2:]:
    linter.prepare([file], [])
    print([row["id"] for row in linter.lint(file)], "sympy.core" in sys.modules)
import networkx
from networkx.classes.multidigraph import MultiDiGraph
print("networkx.generators.classic" in sys.modules, hasattr(networkx, "nothing_of_this_name"))
print(list(networkx.shortest_path(networkx.path_graph(3), 0)), networkx.MultiDiGraph is MultiDiGraph)
"""
    files = write(tmp_path, (SMALL[0], SMALL[4]))
    words = [sys.executable, "-c", program, str(PROJECT_ROOT / ".cfnlintrc"), *files]
    done = subprocess.run(words, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    without, within, rest, graph = done.stdout.splitlines()
    assert "E3004" in without
    assert without.endswith(" False")
    assert "W1001" in within
    assert within.endswith(" True")
    assert (rest, graph) == ("False False", "[0, 1, 2] True")


def test_what_is_found_is_what_plain_cfn_lint_finds(tmp_path: Path) -> None:
    files = write(tmp_path, (*SMALL, *spoiled()))
    with Linter() as linter:
        linter.start_on(Path(), files, [REGION])
        found = linter.findings(lambda _: None)[CFN_LINT]
    mine = [
        (one.file, one.id, one.line, one.column, one_line(f"{one.sentence} {one.remedy}"), one.place)
        for file in files
        for one in found[file]
    ]
    theirs = plain(files)
    assert sorted(mine) == sorted(theirs)
    assert len({rule for _, rule, *_ in theirs}) >= 20


def plain(files: list[str]) -> list[tuple[str, str, int, int, str, str]]:
    command = [str(PROJECT_ROOT / ".venv/bin/cfn-lint"), "--regions", REGION, "--format", "json", "--", *files]
    said = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False).stdout
    return [
        (
            match["Filename"],
            match["Rule"]["Id"],
            match["Location"]["Start"]["LineNumber"],
            match["Location"]["Start"]["ColumnNumber"],
            one_line(match["Message"]),
            "/".join(str(part) for part in match["Location"]["Path"] or []),
        )
        for match in json.loads(said)
    ]


def spoiled() -> Iterator[dict[str, Any]]:
    """Give templates of the project with something changed, taken away or added, the same ones every time."""
    chance = random.Random(SPOILED)  # noqa: S311 - no secret
    names = ["cruddur-foundation.json", "cruddur-backend-flask-pipeline.json"]
    for number in range(SPOILED):
        template = json.loads((BUILD / names[number % 2]).read_text("utf-8"))
        for _ in range(3):
            holder, key = chance.choice(list(places(template["Resources"])))
            if chance.random() < 0.3:
                del holder[key]
            elif chance.random() < 0.3 and isinstance(holder, dict):
                holder["Unexpected"] = holder[key]
            else:
                holder[key] = chance.choice(VALUES)
        yield template


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from places(inner)


def write(folder: Path, templates: tuple[dict[str, Any], ...]) -> list[str]:
    files = []
    for number, template in enumerate(templates):
        (folder / f"{number}.json").write_text(json.dumps(template, indent=2), "utf-8")
        files.append(str(folder / f"{number}.json"))
    return files
