"""`make init` for every kind of service: its templates are clean, for every pair of settings."""

import itertools
import re
import shutil

import pytest

from tests.initialise.initialising import REPOSITORY, files, initialise
from tests.initialise.services import HEALTH, write_service
from tests.project_copy import ProjectCopy

NAMES = ("kind", "folder", "secrets", "nat_gateways", "wanted", "approval", "tests_pull_requests")
PAIRWISE = (
    ("flask", "shop", "", "1", "true", "false", "true"),
    ("flask", "apps/web_shop", "DATABASE_URL", "0", "false", "true", "false"),
    ("flask", "shop", "DATABASE_URL", "2", "false", "false", "false"),
    ("fastapi", "shop", "API_KEY,DATABASE_URL=postgresql://a@b/c", "2", "true", "true", "false"),
    ("fastapi", "apps/web_shop", "", "0", "false", "false", "true"),
    ("fastapi", "shop", "", "1", "false", "true", "true"),
    ("django", "shop", "DJANGO_KEY", "1", "false", "false", "true"),
    ("django", "apps/web_shop", "", "2", "true", "true", "true"),
    ("django", "shop", "", "0", "true", "true", "false"),
    ("image", "shop", "TOKEN", "0", "true", "true", "true"),
    ("image", "apps/web_shop", "TOKEN", "1", "true", "false", "false"),
    ("image", "shop", "", "2", "false", "false", "true"),
)
"""Every pair of two values comes in some row: `test_the_table_has_every_pair`."""
SHIPPED = {"nat_gateways": "1", "wanted": "true", "approval": "false", "tests_pull_requests": "false"}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id="-".join(row), marks=() if number % 4 == 0 else pytest.mark.slow)
        for number, row in enumerate(PAIRWISE)
    ],
)
def test_its_templates_are_clean_without_the_example(project: ProjectCopy, row: tuple[str, ...]) -> None:
    chosen = dict(zip(NAMES, row, strict=True))
    kind, folder = chosen["kind"], chosen["folder"]
    shutil.rmtree(project.root / "backend-flask")
    write_service(project.root, kind, folder)
    if kind == "fastapi" and not chosen["secrets"]:
        project.change(f"{folder}/store/main.py", 'os.environ["API_KEY"]', 'os.environ.get("API_KEY")')
    health = ("--health", HEALTH[kind]) if kind == "image" else ()
    initialise(project, "--yes", *REPOSITORY, "--folder", folder, "--secrets", chosen["secrets"], *health)
    for key, shipped in SHIPPED.items():
        project.change("config/system.toml", f"{key} = {shipped}", f"{key} = {chosen[key]}")
    done = project.run("make", "templates")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert all(name == "manifest.json" or name.startswith("shop-") for name in project.built())
    for path, content in files(project).items():
        if path.startswith(("config/system.toml", "config/environments/", "build/", folder)):
            assert not re.search(rb"(?i)cruddur|backend-flask|@[A-Z]+@", content), path


def test_the_table_has_every_pair() -> None:
    rows = [
        [bool(value) if name == "secrets" else value for name, value in zip(NAMES, row, strict=True)]
        for row in PAIRWISE
    ]
    for first, second in itertools.combinations(range(len(NAMES)), 2):
        pairs = {(row[first], row[second]) for row in rows}
        assert pairs == set(itertools.product(*({row[at] for row in rows} for at in (first, second)))), (
            NAMES[first],
            NAMES[second],
        )
