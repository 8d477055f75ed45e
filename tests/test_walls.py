"""The walls between the rooms: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT

FORBIDDEN = {
    "reporting": {
        "settings",
        "buildspecs",
        "templates_src",
        "lint_rules",
        "linting",
        "delivery",
        "local_aws",
        "boto3",
        "troposphere",
        "ministack",
    },
    "settings": {
        "buildspecs",
        "templates_src",
        "lint_rules",
        "linting",
        "delivery",
        "local_aws",
        "boto3",
        "troposphere",
        "ministack",
    },
    "buildspecs": {
        "settings",
        "templates_src",
        "lint_rules",
        "linting",
        "delivery",
        "local_aws",
        "boto3",
        "troposphere",
        "ministack",
    },
    "templates_src": {"buildspecs", "delivery", "local_aws", "boto3", "ministack", "os", "socket", "time", "datetime"},
    "lint_rules": {"templates_src", "linting", "delivery", "local_aws", "boto3", "ministack"},
    "linting": {"templates_src", "delivery", "local_aws", "boto3", "ministack"},
    "delivery": {"buildspecs", "templates_src", "lint_rules", "linting", "local_aws", "troposphere", "ministack"},
    "local_aws": {"templates_src", "lint_rules", "linting", "delivery", "troposphere"},
    "backend-flask": {
        "reporting",
        "settings",
        "buildspecs",
        "templates_src",
        "lint_rules",
        "linting",
        "delivery",
        "local_aws",
        "boto3",
    },
}

ONLY_IN = {
    "boto3": ("delivery/aws.py", "local_aws/", "tests/"),
    "ministack": ("local_aws/ministack/", "local_aws/ministack.py", "tests/local_aws/"),
}


def imports(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def files(folder: str) -> list[Path]:
    # What begins with a dot is not the room's: a virtual environment, a cache.
    parts = [part for part in (PROJECT_ROOT / folder).iterdir() if not part.name.startswith(".")]
    found = [path for part in parts for path in ([part] if part.suffix == ".py" else part.rglob("*.py"))]
    assert found, folder
    return found


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_nothing_from_behind_its_walls(room: str) -> None:
    through = {
        f"{path.relative_to(PROJECT_ROOT)} imports {name}"
        for path in files(room)
        for name in imports(path)
        if name in FORBIDDEN[room]
    }
    assert through == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_in_its_own_place_only(library: str) -> None:
    rooms = [room for room in FORBIDDEN if room != "backend-flask"] + ["tests"]
    elsewhere = [
        str(path.relative_to(PROJECT_ROOT))
        for room in rooms
        for path in files(room)
        if library in imports(path) and not str(path.relative_to(PROJECT_ROOT)).startswith(ONLY_IN[library])
    ]
    assert elsewhere == []
