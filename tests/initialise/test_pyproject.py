"""What `make init` takes from a service's own files: the packages of its tests, and whether it is a package itself."""

from pathlib import Path

import pytest

from initialise.folder import FLASK, ServiceFolder
from initialise.pyproject import is_package, packages_of_tests, read
from reporting.errors import CannotRunError

EXTRAS = """\
[project]
name = "Shop"
[project.optional-dependencies]
more = ["freezegun"]
dev = ["ruff"]
test = ["pytest>=8", "shop[more, test]"]
"""
GROUPS = """\
[dependency-groups]
base = ["freezegun"]
dev = [{ include-group = "base" }, { include-group = "dev" }, "responses"]
[tool.poetry.group.test.dependencies]
one = "^1.2"
two = "^0.2.3"
three = { version = "~1.4.2", extras = ["fast"] }
four = "*"
five = "1.0"
six = ">=2,<3"
"""
POETRY = ["one>=1.2,==1.*", "two>=0.2.3,==0.2.*", "three[fast]>=1.4.2,==1.4.*", "four", "five==1.0", "six>=2,<3"]


@pytest.mark.parametrize(
    ("files", "name", "lines"),
    [
        ({}, "", []),
        ({"pyproject.toml": "[project]\n"}, "", []),
        ({"pyproject.toml": EXTRAS}, "requirements-test.txt", ["pytest>=8", "freezegun"]),
        ({"pyproject.toml": GROUPS}, "requirements-test.txt", ["freezegun", "responses", *POETRY]),
        ({"pyproject.toml": EXTRAS, "dev-requirements.txt": "tox\n"}, "dev-requirements.txt", ["tox"]),
        ({"requirements_test.txt": "tox\n", "requirements-dev.txt": "x\n"}, "requirements_test.txt", ["tox"]),
    ],
)
def test_the_packages_of_the_tests_are_found(
    tmp_path: Path, files: dict[str, str], name: str, lines: list[str]
) -> None:
    for one, text in files.items():
        (tmp_path / one).write_text(text)
    found, text = packages_of_tests(tmp_path)
    assert (found, [line for line in text.splitlines() if not line.startswith("#")]) == (name, lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[project]\nname = "shop"\n', False),
        ('[build-system]\nbuild-backend = "setuptools.build_meta"\n', False),
        ('[tool.setuptools]\npy-modules = ["app"]\n', True),
        ('[build-system]\nbuild-backend = "hatchling.build"\n', True),
        ('[build-system]\nbuild-backend = "hatchling.build"\n[tool.uv]\npackage = false\n', False),
        ('[build-system]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\npackage-mode = false\n', False),
    ],
)
def test_a_service_is_installed_where_it_says_what_it_has(tmp_path: Path, text: str, *, expected: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert is_package(tmp_path, ServiceFolder(FLASK, requirements="pyproject.toml")) == expected
    assert not is_package(tmp_path, ServiceFolder(FLASK, requirements="requirements.txt"))


def test_what_is_no_toml_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("name: shop\n")
    with pytest.raises(CannotRunError, match=r"pyproject.toml: it is not TOML in UTF-8: .*; correct it"):
        read(tmp_path)
