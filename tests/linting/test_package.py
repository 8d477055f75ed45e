"""The linter as a package: built from the checkout, installed elsewhere without a network, and run there."""

import os
import re
import shutil
import site
import subprocess
import sys
import venv
from email.parser import Parser
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT

pytestmark = pytest.mark.slow

NOT_PACKAGED = {"backend-flask", "build", "docs", "tests"}
IMPORTED = re.compile(r"""^\s*(?:import|from) (\w+)(?=[\w.]* import|[\w.]*$| as )|find_spec\("(\w+)"\)""", re.MULTILINE)
UV = PROJECT_ROOT / ".venv" / "bin" / "uv"
BUILDSPEC = "version: 0.2\nphases:\n  build:\n    commands:\n      - docker run -it shop make test\n"
PIPELINE = """\
Resources:
  Repository:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: {LifecyclePolicy: {LifecyclePolicyText: "{rules"}}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel beside the locked packages of this project; returns the folder of its commands."""
    place = tmp_path_factory.mktemp("package")
    source = place / "source"
    files = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, files.stdout.split("\0")):
        if (
            name.partition("/")[0] not in {"backend-flask", "build", "docs", "tests"}
            and (PROJECT_ROOT / name).is_file()
        ):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT_ROOT / name, source / name)
    subprocess.run([UV, "build", "--offline", "--quiet", "--wheel", "--out-dir", place, source], check=True)
    venv.create(place / "venv", with_pip=False)
    (wheel,) = place.glob("*.whl")
    environment = {**os.environ, "VIRTUAL_ENV": str(place / "venv")}
    subprocess.run([UV, "pip", "install", "--offline", "--quiet", "--no-deps", wheel], check=True, env=environment)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = place / "venv" / "lib" / version / "site-packages"
    (packages / "locked.pth").write_text(f"{site.getsitepackages()[0]}\n")
    return place / "venv" / "bin"


def run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": ""}
    command = [str(installed / words[0]), *words[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_it_lints_files_of_any_project(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "buildspec.yml").write_text(BUILDSPEC)
    (tmp_path / "repository.yaml").write_text(PIPELINE)
    done = run(installed, tmp_path, "pipeline-lint", ".")
    assert (done.returncode, done.stderr) == (1, "")
    assert "E9754" in done.stdout
    assert "E9401" in done.stdout
    assert (tmp_path / "cache" / "pipeline-lint").is_dir()


def test_it_asks_what_to_look_at(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "pipeline-lint")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Name what to lint")


def test_cfn_lint_takes_its_rules_as_a_module(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "repository.yaml").write_text(PIPELINE)
    (tmp_path / ".cfnlintrc").write_text("append_rules: [lint_rules]\n")
    program = "import sys; from cfnlint.runner import main; sys.argv = ['cfn-lint', 'repository.yaml']; main()"
    done = run(installed, tmp_path, "python", "-c", program)
    assert "E9401" in done.stdout


def test_what_is_packaged_imports_what_the_package_requires(installed: Path) -> None:
    (metadata,) = installed.parent.glob("lib/python*/site-packages/pipeline_lint-*.dist-info/METADATA")
    required = {
        re.split(r"[^\w.-]", one)[0] for one in Parser().parsestr(metadata.read_text()).get_all("Requires-Dist", [])
    }
    for name in [*required]:
        required |= {re.split(r"[^\w.-]", one)[0] for one in requires(name) or [] if "extra ==" not in one}
    roots = {path.name for path in metadata.parent.parent.iterdir() if (path / "__init__.py").is_file()}
    sources = [path.read_text("utf-8") for root in roots for path in (metadata.parent.parent / root).rglob("*.py")]
    named = {name for source in sources for found in IMPORTED.findall(source) for name in found if name}
    outside = named - roots - sys.stdlib_module_names - {"__future__", "_typeshed"}
    of = packages_distributions()
    assert {"botocore", "cfnlint"} <= outside
    assert {name for name in outside if not required & {one.lower() for one in of[name]}} == set()


def test_the_hook_runs_the_command() -> None:
    hook = (PROJECT_ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    assert "entry: pipeline-lint --known-only" in hook
