"""The page on the architecture names what there is, and bin/, the Makefile and the commands are the same."""

import re
import subprocess
import tomllib

import pytest

from delivery.cli.commands import COMMANDS
from settings import project
from settings.root import PROJECT_ROOT, SETTINGS_FILE

PAGE = (PROJECT_ROOT / "docs" / "architecture.md").read_text("utf-8")
MAKEFILE = (PROJECT_ROOT / "Makefile").read_text("utf-8")
NOT_FOR_PEOPLE = {".words", "run", "setup", "db", "test-backend", "bench-backend"}
"""What other scripts call, and what belongs to the service."""


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def services() -> set[str]:
    return {one.delivered.folder.partition("/")[0] for one in project.load(SETTINGS_FILE).services}


def test_every_top_level_folder_is_named() -> None:
    folders = {file.partition("/")[0] for file in tracked() if "/" in file} - services()
    assert {folder for folder in folders if not folder.startswith(".") and f"`{folder}/`" not in PAGE} == set()


def test_every_path_on_the_page_is_there() -> None:
    files = tracked()
    rooms = {file.partition("/")[0] for file in files if "/" in file}
    named = [path for path in re.findall(r"`([\w./-]+/[\w./-]*)`", PAGE) if path.partition("/")[0] in rooms]
    missing = [
        path for path in named if not any(file == path or file.startswith(path.rstrip("/") + "/") for file in files)
    ]
    assert missing == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_script_its_target_and_its_page(command: str) -> None:
    script = (PROJECT_ROOT / "bin" / command).read_text("utf-8")
    assert f'delivery {command} "$@"' in script
    assert re.search(rf"^{command}:.*##", MAKEFILE, re.MULTILINE) or "\n## " in script
    pages = [page.read_text("utf-8") for page in (PROJECT_ROOT / "docs").glob("*.md")]
    assert any(f"bin/{command}" in page or f"make {command}" in page for page in pages)


def test_each_script_has_a_target() -> None:
    done = subprocess.run(["make", "help"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^  make ([a-z-]+) ", done.stdout, re.MULTILINE))
    called = set(re.findall(r"bin/([a-z-]+)", MAKEFILE))
    scripts = {path.name for path in (PROJECT_ROOT / "bin").iterdir()} - NOT_FOR_PEOPLE
    assert scripts - called - listed == set()


def test_every_room_with_code_is_formatted_checked_and_typed_and_no_service() -> None:
    tools = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    projects = {file.partition("/")[0] for file in tracked() if file.endswith("/pyproject.toml")}
    rooms = {file.partition("/")[0] for file in tracked() if file.endswith(".py")} - services() - projects
    assert {*tools["mypy"]["files"]} == rooms
    assert {*tools["ruff"]["include"]} == {"pyproject.toml", *(f"{room}/**/*.py" for room in rooms)}
