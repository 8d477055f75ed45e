"""Docker, where there is one."""

import shutil
import subprocess

import pytest

PULL_SECONDS = 60


def docker(*arguments: str, seconds: float = 300) -> str:
    """Runs docker and gives what it printed; a failure shows what it complained about."""
    done = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"docker {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


def require_image(image: str) -> None:
    """Skips the test where no engine answers, or where the engine neither has nor can fetch the image."""
    if shutil.which("docker") is None or not _succeeds("info"):
        pytest.skip("no Docker engine answers on this machine")
    if not _succeeds("image", "inspect", image) and not _succeeds("pull", "--quiet", image):
        pytest.skip(f"the Docker engine has no {image} and cannot pull it")


def _succeeds(*arguments: str) -> bool:
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, timeout=PULL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
