"""`make templates` and `make templates-check`, run as a person runs them, in a copy of the project."""

import contextlib
import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from tests.project_copy import ProjectCopy, copy_project


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    return copy_project(tmp_path / "project")


def test_it_says_nothing_and_gives_the_same_bytes_each_time_and_anywhere(project: ProjectCopy, tmp_path: Path) -> None:
    committed = project.built()
    for seed in ("1", "2"):
        done = project.run("make", "templates", PYTHONHASHSEED=seed, LANG="C", TZ="Asia/Tokyo", AWS_REGION="us-east-1")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert project.built() == committed
    elsewhere = copy_project(tmp_path / "some where else")
    assert elsewhere.run("make", "templates", LANG="C.UTF-8").returncode == 0
    assert elsewhere.built() == committed


def test_a_mistake_in_the_settings_changes_nothing(project: ProjectCopy) -> None:
    before = project.built()
    project.change("config/system.toml", "port = 4567", 'port = "4567"')
    project.change("config/system.toml", 'branch = "prod"', "branch = 1")
    done = project.run("bin/templates")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2
    assert "config/system.toml: [services[1]] port: found the text '4567'" in done.stderr
    assert project.built() == before


def test_a_folder_that_is_not_there_changes_nothing(project: ProjectCopy) -> None:
    before = project.built()
    project.change("config/system.toml", 'folder = "backend-flask"', 'folder = "apps/nowhere"')
    done = project.run("bin/templates")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "config/system.toml: folder: found 'apps/nowhere', which the repository does not have" in done.stderr
    assert project.built() == before


def test_a_region_that_aws_does_not_have_is_one_sentence(project: ProjectCopy) -> None:
    before = project.built()
    project.change("config/environments/prod.toml", 'region = "ca-central-1"', 'region = "ca-centrall-1"')
    done = project.run("bin/templates")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "config/environments/prod.toml: region: found 'ca-centrall-1'" in done.stderr
    assert "allowed: ca-central-1" in done.stderr
    assert project.built() == before


def test_a_finding_in_a_file_of_the_repository_has_its_own_path(project: ProjectCopy) -> None:
    project.change("backend-flask/buildspec.yml", "  pre_build:", "  prebuild:")
    done = project.run("bin/templates")
    assert done.returncode == 1
    assert all(line.startswith(("backend-flask/buildspec.yml:", "build/cruddur-")) for line in done.stdout.splitlines())
    assert "\nbackend-flask/buildspec.yml:" in f"\n{done.stdout}"


def test_a_finding_of_the_linter_changes_nothing(project: ProjectCopy) -> None:
    before = project.built()
    project.change("templates_src/runtime/load_balancer.py", 'StatusCode="404"', 'StatusCode="999"')
    done = project.run("bin/templates")
    assert done.returncode == 1
    assert "build/cruddur-runtime.json:" in done.stdout
    assert "'999'" in done.stdout
    assert project.built() == before
    assert project.run("bin/templates", "--json").returncode == 1


def test_a_finding_is_machine_readable(project: ProjectCopy) -> None:
    project.change("templates_src/foundation/foundation_stack.py", 'Status="Enabled"', 'Status="On"')
    findings = json.loads(project.run("bin/templates", "--json").stdout)["findings"]
    assert {finding["file"] for finding in findings} == {"build/cruddur-foundation.json"}
    assert all(finding["id"] and finding["line"] and finding["sentence"] for finding in findings)


def test_a_template_that_can_not_be_made_is_one_sentence(project: ProjectCopy) -> None:
    before = project.built()
    project.change(
        "templates_src/pipeline/registry.py", "RepositoryName=service.image_repository", "RepositoryName=3.5"
    )
    done = project.run("bin/templates")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "RepositoryName" in done.stderr
    assert project.built() == before


def test_a_build_folder_that_can_not_be_written_is_one_sentence(project: ProjectCopy) -> None:
    file = project.root / "build" / "cruddur-foundation.json"
    file.unlink()
    (file / "in-the-way").mkdir(parents=True)
    done = project.run("bin/templates")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"{file}: Is a directory; ")


def test_a_cache_that_can_not_be_written_is_done_without(project: ProjectCopy) -> None:
    project.run("rm", "-rf", ".cache")
    (project.root / ".cache").write_text("a file, in the way of the folder")
    project.change("config/system.toml", "images_kept = 30", "images_kept = 31")
    done = project.run("bin/templates")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert b"The last 31 images" in project.built()["cruddur-backend-flask-pipeline.json"]


def test_ctrl_c_while_linting_is_silent_and_changes_nothing(project: ProjectCopy) -> None:
    before = project.built()
    project.change("config/system.toml", "images_kept = 30", "images_kept = 31")
    master, slave = pty.openpty()
    running = subprocess.Popen(["bin/templates"], cwd=project.root, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    said = ""
    while "linting" not in said:
        said += os.read(master, 4096).decode()
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all that the command has started
    assert running.wait(60) == 130
    with contextlib.suppress(OSError):  # Linux's word for a terminal that nobody holds open any more
        while piece := os.read(master, 4096):
            said += piece.decode()
    os.close(master)
    assert "Traceback" not in said
    assert project.built() == before


@pytest.mark.parametrize(
    ("found", "put", "repeated"),
    [
        ('FRONTEND_URL = "parameter"', 'IMAGE = "parameter"', "BackendFlaskImage"),
        ('FRONTEND_URL = "parameter"', 'TASK_ROLE = "parameter"', "BackendFlaskTaskRole"),
        ('name = "AWS_COGNITO_USER_POOL_ID"', 'name = "PIPELINE"', "Pipeline"),
    ],
)
def test_names_that_become_the_same_logical_id_are_a_mistake_of_the_settings(
    found: str, put: str, repeated: str, project: ProjectCopy
) -> None:
    before = project.built()
    project.change("config/system.toml", found, put)
    done = project.run("bin/templates")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("config/system.toml: names of services, variables or parameters")
    assert f"found {repeated} in the template" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert project.built() == before


def test_a_changed_setting_changes_its_own_template_alone(project: ProjectCopy) -> None:
    before = project.built()
    project.change("config/system.toml", "images_kept = 30", "images_kept = 31")
    assert project.run("bin/templates").returncode == 0
    after = project.built()
    assert [name for name in before if before[name] != after[name]] == ["cruddur-backend-flask-pipeline.json"]


def test_a_template_that_nothing_makes_any_more_is_removed(project: ProjectCopy) -> None:
    project.change("config/system.toml", "[runtime]", "[runtime]\nwanted = false # ")
    project.change("config/system.toml", "wanted = true", "# wanted")
    assert project.run("bin/templates").returncode == 0
    assert not {"cruddur-runtime.json", "cruddur-backend-flask.json"} & set(project.built())


def test_the_check_tells_where_build_differs(project: ProjectCopy) -> None:
    assert project.run("make", "templates-check").returncode == 0
    project.change("build/cruddur-foundation.json", '"aws:kms"', '"AES256"')
    (project.root / "build" / "manifest.json").unlink()
    (project.root / "build" / "old.json").write_text("{}")
    done = project.run("bin/templates", "--check")
    released = project.run("make", "release")
    assert released.stderr.startswith("build/ is not what config/ makes: this release uses the stacks as they are; ")
    assert done.returncode == 1
    assert "build/cruddur-foundation.json:" in done.stdout
    assert "build/manifest.json: the file is missing" in done.stdout
    assert "build/old.json: nothing makes this file any more" in done.stdout


def test_a_hand_made_change_of_build_is_made_good(project: ProjectCopy) -> None:
    committed = project.built()
    assert project.run("bin/templates").returncode == 0
    project.change("build/cruddur-foundation.json", '"aws:kms"', '"AES256"')
    assert project.run("bin/templates").returncode == 0
    assert project.built() == committed


def test_a_settings_file_that_is_not_there(project: ProjectCopy) -> None:
    done = project.run("bin/templates", "--settings", "none.toml")
    assert done.returncode == 2
    assert "none.toml: there is no such file" in done.stderr
