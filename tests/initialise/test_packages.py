"""`make init` and packages without exact versions: locked with hashes, waived or left, and never waived unasked."""

import zipfile
from pathlib import Path

import pytest

from tests.initialise.services import write_service
from tests.project_copy import ProjectCopy

WORDS = ("bin/init", "--yes", "--repository", "owner/shop")


@pytest.fixture
def index(tmp_path: Path) -> dict[str, str]:
    """Write the wheels of what is installed, and return what has uv look nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, version in (("flask", "3.1.3"), ("gunicorn", "27.0.1"), ("fastapi", "0.165.0"), ("uvicorn", "0.54.0")):
        about = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{about}/RECORD", "")
    return looking_in(folder)


def looking_in(folder: Path) -> dict[str, str]:
    settings = folder / "uv.toml"
    settings.write_text(f"[pip]\nno-index = true\nfind-links = ['{folder}']\n", "utf-8")
    return {"UV_CONFIG_FILE": str(settings)}


def text(project: ProjectCopy, name: str) -> str:
    return (project.root / name).read_text("utf-8")


def test_requirements_are_locked_with_the_server_of_the_image(project: ProjectCopy, index: dict[str, str]) -> None:
    write_service(project.root, "flask", "shop")
    done = project.run(*WORDS, **index)
    assert done.returncode == 0, done.stderr
    assert text(project, "shop/requirements.in") == "flask\ngunicorn==27.0.1\n"
    locked = text(project, "shop/requirements.txt")
    assert "flask==3.1.3 \\\n    --hash=sha256:" in locked
    assert "gunicorn==27.0.1 \\\n    --hash=sha256:" in locked
    assert "uv pip compile --universal --python-version 3.11 --generate-hashes requirements.in" in locked
    assert "pip install --no-cache-dir --requirement requirements.txt --require-hashes --no-deps\nCOPY . ." in text(
        project, "shop/Dockerfile"
    )
    # pip takes nothing without a hash beside what has one.
    assert "install --quiet --disable-pip-version-check --requirement shop/requirements.txt\n" in text(
        project, "shop/tests/buildspec.yml"
    )
    assert 'who = "make init"' not in text(project, "config/waivers.toml")


def test_a_package_is_installed_beside_its_locked_dependencies(project: ProjectCopy, index: dict[str, str]) -> None:
    write_service(project.root, "fastapi", "store")
    (project.root / "store" / "pyproject.toml").write_text(
        '[project]\nname = "store"\nversion = "1"\ndependencies = ["fastapi"]\n'
        '[dependency-groups]\ntest = ["pytest<9", "respx"]\n[tool.setuptools]\npackages = ["store"]\n'
    )
    done = project.run(*WORDS, **index)
    assert done.returncode == 0, done.stderr
    assert text(project, "store/requirements.in") == "uvicorn==0.54.0\n"
    assert {"fastapi", "uvicorn"} <= {
        line.partition("==")[0] for line in text(project, "store/requirements.txt").split()
    }
    assert "--require-hashes --no-deps\nCOPY . .\nRUN pip install --no-cache-dir --no-deps .\n" in text(
        project, "store/Dockerfile"
    )
    tests = text(project, "store/tests/buildspec.yml")
    assert "--no-deps ./store\n" in tests
    assert "--requirement store/requirements-test.txt\n" in tests
    assert "--disable-pip-version-check pytest-cov==7.1.0 httpx==" in tests
    assert text(project, "store/requirements-test.txt").endswith("\npytest<9\nrespx\n")


def test_requirements_that_include_others_are_locked_or_copied_with_them(
    project: ProjectCopy, index: dict[str, str]
) -> None:
    write_service(project.root, "flask", "shop")
    folder = project.root / "shop" / "requirements"
    folder.mkdir()
    (folder / "base.txt").write_text("flask\n-r prod.txt\n")
    (folder / "prod.txt").write_text("-r base.txt\r\nuvicorn\r\n")
    (project.root / "shop" / "requirements.txt").write_text("-r requirements/prod.txt\n")
    done = project.run(*WORDS, "--packages", "leave")
    assert done.returncode == 0, done.stderr
    assert "COPY . .\nRUN pip install --no-cache-dir --requirement requirements.txt\nRUN pip install" in text(
        project, "shop/Dockerfile"
    )
    done = project.run(*WORDS, "--packages", "lock", **index)
    assert done.returncode == 0, done.stderr
    locked = text(project, "shop/requirements.txt")
    assert {"flask", "uvicorn"} <= {line.partition("==")[0] for line in locked.split()}


def test_what_cannot_be_locked_is_one_sentence_and_changes_nothing(project: ProjectCopy, tmp_path: Path) -> None:
    write_service(project.root, "flask", "shop")
    done = project.run(*WORDS, **looking_in(tmp_path))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "--packages: they can't be locked, uv said: " in done.stderr
    assert "allowed: leave, to lock them later" in done.stderr
    assert [path.name for path in sorted((project.root / "shop").iterdir())] == ["app.py", "requirements.txt"]


@pytest.mark.parametrize(("chosen", "rows"), [("waive", 3), ("leave", 0)])
def test_checks_are_waived_only_where_it_is_asked_for(project: ProjectCopy, chosen: str, rows: int) -> None:
    write_service(project.root, "flask", "shop")
    done = project.run(*WORDS, "--packages", chosen)
    assert done.returncode == 0, done.stderr
    assert text(project, "config/waivers.toml").count('who = "make init"') == rows
    assert text(project, "shop/requirements.txt") == "flask\n"
    assert ("shop/requirements.txt has no hashes" in done.stdout) == (chosen == "leave")


def test_locked_requirements_are_installed_as_they_are(project: ProjectCopy, tmp_path: Path) -> None:
    write_service(project.root, "flask", "shop")
    locked = f"flask==3.1.3 --hash=sha256:{'0' * 64}\n"
    (project.root / "shop" / "requirements.txt").write_text(locked)
    done = project.run(*WORDS, **looking_in(tmp_path))
    assert done.returncode == 0, done.stderr
    assert text(project, "shop/requirements.txt") == locked
    dockerfile = text(project, "shop/Dockerfile")
    assert "--requirement requirements.txt --require-hashes --no-deps\nRUN pip install --no-cache-dir gunicorn==" in (
        dockerfile
    )
