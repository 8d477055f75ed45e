"""A machine like a Mac: without /proc, and with no way to the addresses of containers, but to their published ports.

This machine is made one for the commands of the test: a sandbox hides /proc from them (but from psutil, which has other
sources on a Mac), and the firewall refuses what their group begins towards containers.
"""

import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from proofs.rehearsal.local_account import free_port
from settings.root import PROJECT_ROOT
from tests.faults.test_two_systems import write_service

SERVICE = "orders"
GROUP = "48151"
"""A group that nothing else on the machine is in."""
TO_CONTAINERS = [
    *("-d", "172.16.0.0/12", "-m", "addrtype", "!", "--dst-type", "LOCAL", "-m", "owner", "--gid-owner", GROUP),
    *("-m", "conntrack", "--ctstate", "NEW", "-m", "conntrack", "!", "--ctstate", "DNAT", "-j", "REJECT"),
]
"""What begins a connection to a container's own address; by a published port it comes to the engine, not there."""
PROC = "/mnt"
HIDDEN = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--tmpfs", "/proc", "--bind", "/proc", PROC]


@dataclass(frozen=True)
class Machine:
    """A copy of the project on it."""

    folder: Path

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [*HIDDEN, "setpriv", "--regid", GROUP, "--keep-groups", *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    if os.geteuid() or any(shutil.which(program) is None for program in ("bwrap", "docker", "iptables", "setpriv")):
        pytest.skip("it takes root, a Docker engine and a firewall to make this machine another one")
    folder = tmp_path / "project"
    subprocess.run(["git", "clone", "-q", PROJECT_ROOT, folder], check=True)
    (folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    shutil.rmtree(folder / "backend-flask")
    write_service(folder, SERVICE)
    local = folder / "config" / "environments" / "local.toml"
    local.write_text(local.read_text("utf-8").replace("4566", str(free_port())), "utf-8")
    (folder / "sitecustomize.py").write_text(f'import psutil\npsutil.PROCFS_PATH = "{PROC}"\n', "utf-8")
    (folder / ".git" / "info" / "exclude").write_text("/.venv\n/sitecustomize.py\n", "utf-8")
    subprocess.run(["iptables", "-I", "OUTPUT", *TO_CONTAINERS], check=True)
    made = Machine(folder)
    try:
        yield made
    finally:
        subprocess.run(["iptables", "-D", "OUTPUT", *TO_CONTAINERS], check=True)
        made.run("bin/local-aws", "reset", "--yes")


def test_a_service_is_deployed_released_and_stopped(machine: Machine) -> None:
    machine.run("bin/init", "--yes", "--application", "depot", "--repository", "owner/depot", "--folder", SERVICE)
    machine.run("git", "add", "-A")
    machine.run("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "Orders")
    assert "created" in machine.run("make", "deploy")
    released = machine.run("make", "release")
    url = re.search(r"health +(http://\S+) answers 200", released)
    assert url, released
    with urllib.request.urlopen(url[1], timeout=10) as answer:  # noqa: S310 - our own load balancer
        assert answer.read() == b"orders"
    assert "1 of 1 running" in machine.run("make", "status")
    assert "kept" in machine.run("bin/local-aws", "stop")
