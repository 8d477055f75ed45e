"""What docs/trust.md promises is shown by the tests that it names: each of them is there."""

import ast
import re
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs" / "trust.md").read_text("utf-8")
NAMED = re.findall(r"`([\w./]+\.py)::(test_\w+)`", PAGE)
BASE = PROJECT_ROOT / "tests" / "local_aws"


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_test_is_there(file: str, name: str) -> None:
    tree = ast.parse(Path(BASE / file).resolve().read_text("utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in defined


def test_every_promise_names_a_test() -> None:
    promises = [line for line in PAGE.splitlines() if line.startswith("| ") and "**can**" not in line]
    without = [line for line in promises if "::test_" not in line and not line.startswith(("| ---", "|  |"))]
    heads = {line for line in without if line.rstrip().endswith("| |") or line == "| | |"}
    assert set(without) - heads == set()
