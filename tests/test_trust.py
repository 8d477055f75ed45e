"""What docs/trust.md and docs/security.md promise is shown by the tests that they name, and stands where they say.

Some of it stands in backend-flask.
"""

import ast
import json
import re
from itertools import chain

import pytest

from settings.root import BUILD, PROJECT_ROOT

TESTS = PROJECT_ROOT / "tests"
BASES = {"trust": TESTS / "local_aws", "security": TESTS}
"""The pages, and the folder to which their names of tests are relative."""
PAGES = {page: (PROJECT_ROOT / "docs" / f"{page}.md").read_text("utf-8") for page in BASES}
NAMED = [
    (page, file, name)
    for page, text in PAGES.items()
    for file, name in re.findall(r"`([\w./-]+\.py)::(test_\w+)`", text)
]
TABLES = PAGES["security"].partition("\n## What has no control yet")[0]
CONTROLS = [line.split(" | ") for line in TABLES.splitlines() if line.startswith("| ") and "`" in line]
PLACES = sorted({place for row in CONTROLS for place in re.findall("`([^`]+)`", row[2])})
RESOURCES = set(chain(*(json.loads(path.read_bytes()).get("Resources", ()) for path in BUILD.glob("*.json"))))


@pytest.mark.parametrize(("page", "file", "name"), NAMED)
def test_the_test_is_there(page: str, file: str, name: str) -> None:
    tree = ast.parse((BASES[page] / file).resolve().read_text("utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in defined


def test_every_promise_names_a_test() -> None:
    promises = [line for line in PAGES["trust"].splitlines() if line.startswith("| ") and "**can**" not in line]
    without = [line for line in promises if "::test_" not in line and not line.startswith(("| ---", "|  |"))]
    heads = {line for line in without if line.rstrip().endswith("| |") or line == "| | |"}
    assert set(without) - heads == set()


def test_every_control_names_its_place_and_a_test() -> None:
    assert {f"CICD-SEC-{number}" for number in range(1, 11)} <= {
        row[0].removeprefix("| ").split()[0] for row in CONTROLS
    }
    assert [row for row in CONTROLS if "`" not in row[2] or "::test_" not in row[3]] == []


def answers_to_other_tools() -> dict[str, set[str]]:
    """Return the resources of each finding of checkov and cdk-nag that the page answers; every row has an answer."""
    part = PAGES["security"].partition("## What checkov and cdk-nag say")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith(("| CKV", "| AwsSolutions"))]
    assert all(len(row) == 3 and row[2] for row in rows)
    ids = [(one, row[1]) for row in rows for one in re.findall(r"CKV_AWS_\d+|AwsSolutions-\w+", row[0])]
    assert len(ids) == len(dict(ids)), "a finding is answered twice"
    return {one: set(re.findall("`([^`]+)`", resources)) for one, resources in ids}


def test_every_finding_of_other_tools_has_an_answer_and_its_resources_are_there() -> None:
    answers = answers_to_other_tools()
    assert len(answers) > 10
    assert set(chain(*answers.values())) <= RESOURCES


@pytest.mark.parametrize("place", PLACES)
def test_a_control_stands_where_the_page_says(place: str) -> None:
    assert place in RESOURCES or (PROJECT_ROOT / place).is_file()
