"""The walls between the rooms: who may import whom."""

import ast
import subprocess
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT

EXAMPLE = "backend-flask"
MAY_IMPORT: dict[str, set[str]] = {
    "reporting": set(),
    "aws_facts": set(),
    "system_model": {"aws_facts", "buildspecs"},
    "settings": {"aws_facts", "reporting"},
    "security_checks": {"reporting"},
    "admission": {"reporting", "security_checks"},
    "verification": {"reporting"},
    "buildspecs": {"aws_facts", "reporting"},
    "contracts": {"aws_facts", "buildspecs", "reporting", "system_model"},
    "lint_rules": {"aws_facts", "buildspecs", "contracts", "reporting", "system_model"},
    "linting": {"aws_facts", "system_model", "buildspecs", "contracts", "lint_rules", "reporting", "settings"},
    "templates_src": {"aws_facts", "settings", "troposphere"},
    "synthesis": {"contracts", "linting", "reporting", "settings", "system_model", "templates_src"},
    "initialise": {"reporting", "settings", "system_model", "templates_src"},
    "delivery": {"admission", "reporting", "security_checks", "settings", "boto3"},
    "local_aws": {"aws_facts", "buildspecs", "linting", "reporting", "settings", "boto3", "ministack"},
    "proofs": {"aws_facts", "system_model", "delivery", "reporting", "settings"},
    EXAMPLE: set(),
}
"""The rooms, and of ``LIBRARIES`` those, that each room may import besides itself."""

MOST_MODULES = 20
"""Modules side by side in a folder; the rules for each AWS service lie beside each other, however many."""

LIBRARIES = {"boto3", "ministack", "troposphere"}
NOT_IN_TEMPLATES = {"os", "socket", "time", "datetime"}
"""Templates are made from the settings alone: the same ones give the same bytes."""

ONLY_IN = {
    "boto3": ("delivery/aws/session.py", "local_aws/", "tests/"),
    "ministack": ("local_aws/ministack/", "local_aws/ministack.py", "tests/local_aws/"),
    "dns": ("delivery/doctor/name_servers.py",),
}


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file may import; of ``from a import b`` that is ``a.b`` where b is one."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            folder = PROJECT_ROOT.joinpath(*node.module.split("."))
            for name in node.names:
                is_module = (folder / f"{name.name}.py").is_file() or (folder / name.name).is_dir()
                yield f"{node.module}.{name.name}" if is_module else node.module


def imports(path: Path) -> Iterator[str]:
    """Yield the rooms and libraries that a file may import."""
    yield from (name.partition(".")[0] for name in imported(path))


def files(folder: str) -> list[Path]:
    # What begins with a dot is not the room's: a virtual environment, a cache.
    parts = [part for part in (PROJECT_ROOT / folder).iterdir() if not part.name.startswith(".")]
    found = [path for part in parts for path in ([part] if part.suffix == ".py" else part.rglob("*.py"))]
    assert found, folder
    return found


# Nothing needs the example, which may be gone.
@pytest.mark.parametrize("room", [room for room in MAY_IMPORT if room != EXAMPLE or (PROJECT_ROOT / EXAMPLE).is_dir()])
def test_a_room_imports_nothing_from_behind_its_walls(room: str) -> None:
    forbidden = (set(MAY_IMPORT) | LIBRARIES) - MAY_IMPORT[room] - {room}
    forbidden |= NOT_IN_TEMPLATES if room == "templates_src" else set()
    through = {
        f"{path.relative_to(PROJECT_ROOT)} imports {name}"
        for path in files(room)
        for name in imports(path)
        if name in forbidden
    }
    assert through == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_in_its_own_place_only(library: str) -> None:
    rooms = [room for room in MAY_IMPORT if room != EXAMPLE] + ["tests"]
    elsewhere = [
        str(path.relative_to(PROJECT_ROOT))
        for room in rooms
        for path in files(room)
        if library in imports(path) and not str(path.relative_to(PROJECT_ROOT)).startswith(ONLY_IN[library])
    ]
    assert elsewhere == []


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_file_imports_itself_through_others() -> None:
    """Imports inside functions and for types alone count as well."""
    rooms = [room for room in MAY_IMPORT if room != EXAMPLE]
    modules = {module_name(path): path for room in rooms for path in files(room)}
    graph = {name: {found for found in imported(path) if found in modules} for name, path in modules.items()}
    TopologicalSorter(graph).prepare()


def test_no_folder_holds_more_modules_than_can_be_kept_in_mind() -> None:
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    modules = Counter(Path(line).parent for line in tracked.stdout.splitlines() if not line.endswith("__init__.py"))
    crowded = {str(folder): count for folder, count in modules.items() if count > MOST_MODULES}
    assert crowded == {}
