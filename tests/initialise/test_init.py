"""`make init`: what it asks, writes, and leaves as it was."""

import json
import os
import shutil
import tomllib

import pytest

from tests.delivery.terminal import terminal
from tests.initialise.initialising import REPOSITORY, files, initialise, refused, settings_of
from tests.initialise.services import write_service
from tests.project_copy import ProjectCopy


def test_the_settings_say_what_was_asked_and_keep_what_was_not(project: ProjectCopy) -> None:
    project.change("config/system.toml", "nat_gateways = 1", "nat_gateways = 2")
    write_service(project.root, "flask", "shop")
    initialise(
        project,
        "--yes",
        *REPOSITORY,
        "--application",
        "market",
        "--port",
        "9000",
        "--secrets",
        "KEY=here,TOKEN,DB_URL,OLD_DATABASE_URL=postgresql://a@b/c",
    )
    settings = settings_of(project)
    (service,) = settings["services"]
    assert (settings["application"], settings["repository"]["full_name"]) == ("market", "owner/shop")
    assert (service["name"], service["folder"], service["port"]) == ("shop", "shop", 9000)
    assert (service["health_check_path"], service["secrets"]) == (
        "/health",
        ["KEY", "TOKEN", "DB_URL", "OLD_DATABASE_URL"],
    )
    assert settings["runtime"]["nat_gateways"] == 2
    assert {"cluster", "connection"} & {*settings["runtime"], *settings["repository"]} == set()
    local = tomllib.loads((project.root / "config/environments/local.toml").read_text("utf-8"))
    assert local["aws"]["after_deploy_commands"][1:] == [
        ["bin/local-aws", "stand-in", "/market/shop/KEY", "here"],
        ["bin/local-aws", "stand-in", "/market/shop/TOKEN", "only-for-rehearsals"],
        ["bin/local-aws", "database", "/market/shop/DB_URL"],
        ["bin/local-aws", "stand-in", "/market/shop/OLD_DATABASE_URL", "postgresql://a@b/c"],
    ]
    assert local["parameters"] == {"Protocol": "HTTP"}


def test_a_second_service_of_another_kind(project: ProjectCopy) -> None:
    write_service(project.root, "flask", "shop")
    initialise(project, "--yes", *REPOSITORY)
    before = (project.root / "config/system.toml").read_text("utf-8")
    write_service(project.root, "image", "stock")
    done = project.run("make", "init", "SERVICE=stock", "YES=1", "ARGS=--health /up --secrets TOKEN")
    assert done.returncode == 0, done.stderr
    assert "make release SERVICE=stock" in done.stdout
    after = (project.root / "config/system.toml").read_text("utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert tomllib.loads(after)["services"][1] == {
        "name": "stock",
        "folder": "stock",
        "port": 9090,
        "path_patterns": ["/stock/*"],
        "health_check_path": "/up",
        "secrets": ["TOKEN"],
        "test": {"coverage": False},
    }
    assert project.run("make", "templates").returncode == 0
    built = project.built()
    assert {"shop-shop.json", "shop-stock.json", "shop-stock-pipeline.json"} < {*built}
    # Only whose tests report code coverage may file any.
    reporting = [name for name, content in built.items() if b"BatchPutCodeCoverages" in content]
    assert reporting == ["shop-shop-pipeline.json"]


@pytest.mark.parametrize(("file_format", "coverage"), [("JUNITXML", False), ("CloverXml", True)])
def test_the_role_of_tests_that_are_there_may_do_what_they_report(
    project: ProjectCopy, file_format: str, *, coverage: bool
) -> None:
    write_service(project.root, "flask", "shop")
    (project.root / "shop" / "tests").mkdir()
    report = f"reports:\n  mine:\n    files: [a.xml]\n    file-format: '{file_format}'\n"
    build = "version: 0.2\nphases:\n  build:\n    commands: [make test]\n"
    (project.root / "shop" / "tests" / "buildspec.yml").write_text(build + report)
    initialise(project, "--yes", *REPOSITORY)
    settings = settings_of(project)
    assert settings["services"][0]["test"]["coverage"] == coverage


def test_what_the_code_demands_is_offered_as_a_secret_and_missed_where_it_is_none(project: ProjectCopy) -> None:
    shutil.rmtree(project.root / "backend-flask")
    write_service(project.root, "fastapi", "store")
    # What only a request reads is no secret that is known to be needed, but for a database's address.
    (project.root / "store/store/db.py").write_text('def at():\n    return os.environ["DB_URL"], os.environ["OTHER"]\n')
    initialise(project, "--yes", *REPOSITORY)
    assert settings_of(project)["services"][0]["secrets"] == ["API_KEY", "DB_URL"]
    tests = (project.root / "store/tests/buildspec.yml").read_text("utf-8")
    assert '\n      - export DB_URL="postgresql://' in tests
    assert tests.index("docker run") < tests.index("pytest tests") < tests.index("docker rm")
    assert 'secrets = ["API_KEY", "DB_URL"]' in (project.root / "config" / "system.toml").read_text("utf-8")
    project.change("config/system.toml", 'secrets = ["API_KEY", "DB_URL"]', "secrets = []")
    done = project.run("make", "templates")
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 1)
    assert "store/store/main.py:5 takes the variable API_KEY from the environment while the service starts" in (
        done.stdout
    )


def test_what_is_there_is_left_alone(project: ProjectCopy) -> None:
    write_service(project.root, "flask", "shop")
    (project.root / "shop" / "Dockerfile").write_text("FROM scratch\nENV PORT=7000\nEXPOSE ${PORT}\n")
    (project.root / "shop" / "tests").mkdir()
    (project.root / "shop" / "tests" / "test_mine.py").write_text("")
    initialise(project, "--yes", *REPOSITORY)
    assert (project.root / "shop" / "Dockerfile").read_text() == "FROM scratch\nENV PORT=7000\nEXPOSE ${PORT}\n"
    assert "port = 7000" in (project.root / "config" / "system.toml").read_text("utf-8")
    written = {path.name for path in (project.root / "shop").rglob("*") if path.is_file()}
    assert written == {"app.py", "requirements.txt", "Dockerfile", "buildspec.yml", "pytest.ini", "test_mine.py"}


def test_a_src_layout_is_loaded_as_its_own_imports_are(project: ProjectCopy) -> None:
    write_service(project.root, "flask", "shop")
    (project.root / "shop/src").mkdir()
    (project.root / "shop/app.py").rename(project.root / "shop/src/store.py")
    # The word alone is no settings of pytest.
    (project.root / "shop/pyproject.toml").write_text('[project.optional-dependencies]\ntest = ["pytest"]\n')
    initialise(project, "--yes", *REPOSITORY, "--folder", "shop")
    dockerfile = (project.root / "shop/Dockerfile").read_text("utf-8")
    assert '\nCMD ["gunicorn", "store:app"]\n' in dockerfile
    assert "\n    TMPDIR=/dev/shm \\\n    PYTHONPATH=/app/src\nWORKDIR /app\n" in dockerfile
    assert "\npythonpath = . src\n" in (project.root / "shop/pytest.ini").read_text("utf-8")
    assert "\nfrom store import app\n" in (project.root / "shop/tests/test_health.py").read_text("utf-8")


def test_a_second_run_keeps_the_services_that_are_there(project: ProjectCopy) -> None:
    write_service(project.root, "flask", "shop")
    words = ("--yes", *REPOSITORY, "--port", "9000", "--secrets", "KEY=here")
    initialise(project, *words)
    project.change("config/system.toml", "desired_count = 1", "desired_count = 3")
    project.change("config/system.toml", 'path_patterns = ["/*"]', 'path_patterns = ["/shop/*", "/health"]')
    before = files(project)
    assert "nothing to write" in initialise(project, "--yes", "--packages", "leave")
    assert "nothing to write" in initialise(project, "--folder", "./shop/", *words)
    (project.root / "shop" / "Dockerfile").unlink()
    initialise(project, *words)
    assert files(project) == before
    for more, said in (
        (("--port", "9001"), "--port: found the text '9001', and config/system.toml has shop already, with '9000'"),
        (
            ("--folder", "backend-flask"),
            "found 'backend-flask', and config/system.toml has shop already; allowed: --service",
        ),
    ):
        assert said in refused(project, *words, *more)
    assert files(project) == before


@pytest.mark.parametrize(
    ("folder", "repository", "names"),
    [
        ("Web_Shop.v2", "3d", ("app-3d", "web-shop-v2")),
        ("7", "X.Y_z", ("x-y-z", "service-7")),
        (
            "a-service-with-a-name-of-40-characters-xx",
            "a-repository-of-29-characters",
            ("a-repository-of-29-c", "a-service-with-a-name-of-40"),
        ),
    ],
)
def test_names_are_made_fit_and_together_short_enough(
    project: ProjectCopy, folder: str, repository: str, names: tuple[str, str]
) -> None:
    write_service(project.root, "image", folder)
    initialise(project, "--yes", "--repository", f"owner/{repository}", "--health", "/up")
    settings = settings_of(project)
    assert (settings["application"], settings["services"][0]["name"]) == names


def test_a_dry_run_shows_and_writes_nothing(project: ProjectCopy) -> None:
    write_service(project.root, "fastapi", "store")
    before = files(project)
    said = initialise(project, "--dry-run", *REPOSITORY)
    assert '+application = "shop"' in said
    assert 'CMD ["uvicorn", "--host", "0.0.0.0", "--port", "8080", "--factory", "store.main:make"]' in said
    told = json.loads(initialise(project, "--dry-run", "--json", *REPOSITORY))
    assert not told["written"]
    assert {one["path"]: one["kind"] for one in told["files"]}["config/system.toml"] == "changed"
    assert files(project) == before


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 1), ("Ctrl-C", 130)])
def test_a_person_is_asked_and_asked_again_and_agrees(project: ProjectCopy, answer: str, code: int) -> None:
    write_service(project.root, "flask", "shop")
    before = files(project)
    with terminal(["bin/init"], project.root, {**os.environ, "TERM": "xterm"}) as person:
        person.wait_for("Folder of the service [shop]: ")
        person.type("")
        person.wait_for("GitHub repository, as owner/name")
        person.type("owner/shop")
        person.wait_for("Name of the application [shop]: ")
        person.type("")
        person.wait_for("Port that it listens on [8080]: ")
        person.type("80")
        person.wait_for("--port: found the text '80'; allowed: a number from 1024 to 65535, as its container")
        person.type("9000")
        person.wait_for("Path that answers 200 when it is well [/health]: ")
        person.type("")
        person.wait_for("Secrets that it reads")
        person.type("")
        person.wait_for("Packages without exact versions")
        person.type("leave")
        person.wait_for("Write them? [y/N] ")
        if answer == "Ctrl-C":
            person.press_ctrl_c()
        else:
            person.type(answer)
        assert person.end() == code, person.text
    if answer == "y":
        settings = settings_of(project)
        assert settings["services"][0]["port"] == 9000
    else:
        assert ("Nothing was written." in person.text) == (code == 1)
        assert files(project) == before
