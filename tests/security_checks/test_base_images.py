"""Base images are named by the digest that the registry has for their tag, wherever they are named."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings.root import PROJECT_ROOT
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws

SECONDS = 120


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "security_checks.base_images", "--root", str(folder), *words],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def docker(*words: str, text: str = "") -> None:
    done = subprocess.run(["docker", *words], input=text, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def image(tmp_path: Path, local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Return the name of an image in a registry, and its digest."""
    try:
        if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
            pytest.skip("no Docker engine answers on this machine")
    except OSError:
        pytest.skip("Docker is not installed on this machine")
    ecr, repository = administrator(local_aws, "ecr"), f"r{uuid.uuid4().hex[:10]}"
    uri = ecr.create_repository(repositoryName=repository)["repository"]["repositoryUri"]
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "config.json").write_text(json.dumps({"auths": {uri.partition("/")[0]: {"auth": token}}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    (tmp_path / "file").write_text(repository)
    docker(
        "build", "--quiet", "--tag", f"{uri}:1.0-slim", "--file", "-", str(tmp_path), text="FROM scratch\nCOPY file /\n"
    )
    docker("push", "--quiet", f"{uri}:1.0-slim")
    docker("image", "rm", f"{uri}:1.0-slim")
    (found,) = ecr.describe_images(repositoryName=repository)["imageDetails"]
    yield f"{uri}:1.0-slim", found["imageDigest"]
    docker("image", "rm", "--force", f"{uri}@{found['imageDigest']}")


def test_tags_get_the_digest_that_the_registry_has(tmp_path: Path, image: tuple[str, str]) -> None:
    name, digest = image
    old = f"sha256:{'0' * 64}"
    service = tmp_path / "root" / "web"
    (service / "tests").mkdir(parents=True)
    lines = [f"ARG PYTHON_IMAGE={name}", "FROM ${PYTHON_IMAGE} AS first", f"FROM {name}@{old} AS second", "FROM first"]
    (service / "Dockerfile").write_text("\n".join([*lines, f"COPY --from={name} /a /b", ""]))
    (service / "tests" / "buildspec.yml").write_text(
        f"env:\n  variables:\n    POSTGRES_IMAGE: {name}\n    URL: http://a:1\n"
    )
    before = (service / "Dockerfile").read_text()
    checked = run(tmp_path / "root", "--check")
    assert checked.returncode == 1, checked.stderr
    assert f"web/Dockerfile: {name} is {digest} (was {old})" in checked.stdout
    assert (service / "Dockerfile").read_text() == before

    assert run(tmp_path / "root").returncode == 0
    lines[0], lines[2] = f"ARG PYTHON_IMAGE={name}@{digest}", f"FROM {name}@{digest} AS second"
    assert (service / "Dockerfile").read_text().splitlines()[:4] == lines
    assert f"POSTGRES_IMAGE: {name}@{digest}\n" in (service / "tests" / "buildspec.yml").read_text()
    again = run(tmp_path / "root", "--check")
    assert (again.returncode, again.stdout) == (0, "Every base image is named by the digest that its tag has.\n")


def test_a_registry_that_does_not_answer_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Dockerfile").write_text("FROM localhost:9/nothing:1\n")
    done = run(tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "localhost:9/nothing:1" in done.stderr or "docker" in done.stderr
    assert (tmp_path / "web" / "Dockerfile").read_text() == "FROM localhost:9/nothing:1\n"
