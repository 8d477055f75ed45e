"""What a hostile buildspec tries, and what it gets: nothing of whoever runs it, beside its sources and its role."""

import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local_aws.services.codebuild.builds.ports import Machine
from local_aws.services.codebuild.machine import sandbox, system_view, workspace
from settings.root import PROJECT_ROOT
from tests.local_aws.codebuild.conftest import PATH, Bench, spec
from tests.support.waiting import until


@pytest.fixture
def confined(bench: Bench) -> Bench:
    if sandbox.why_unusable():
        pytest.skip(sandbox.why_unusable())
    return bench


def said(bench: Bench, *commands: str) -> list[str]:
    """Run commands of which each may fail, and return what they print."""
    body = "".join(f"      - |\n        {command} 2>&1 || true\n" for command in commands)
    outcome = bench.run(f"version: 0.2\nphases:\n  build:\n    commands:\n{body}")
    assert outcome.status == "SUCCEEDED", outcome.log
    return outcome.output


@pytest.fixture
def secret_in_home() -> Iterator[Path]:
    file = Path.home() / f".secret-{uuid.uuid4().hex}"
    file.write_text("TREASURE")
    yield file
    file.unlink()


def test_files_of_the_user_are_not_there(confined: Bench, secret_in_home: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("TREASURE")
    (confined.folder / "state").mkdir(parents=True)
    (confined.folder / "state" / "credentials").write_text("TREASURE")
    folders = (
        Path.home(),
        PROJECT_ROOT,
        confined.folder,
        tmp_path,
        "/var/lib",
        "/home",
        "/mnt",
        "/srv",
        "/boot",
        "/sys",
    )
    commands = [f"cat {secret_in_home} {tmp_path}/other {confined.folder}/state/credentials"]
    commands += [
        f"find {folder} -type f -not -path '*/.pyenv/*' -not -path '*/local-aws-builds/*' | head -3"
        for folder in folders
    ]
    printed = said(confined, *commands, "ls -d ~/.ssh ~/.aws /root/.aws /run/user /var/run/docker.sock /run/*")
    left = [line for line in printed if "No such file" not in line and "cannot access" not in line]
    assert left in ([], [str(PROJECT_ROOT / "local_aws/services/codebuild/machine/agent.py")])


def test_settings_that_not_everybody_may_read_are_hidden(confined: Bench) -> None:
    hidden = [words[-1] for words in system_view._secrets(Path("/etc"))]  # noqa: SLF001 - compared with the outside
    assert "/etc/shadow" in hidden
    printed = said(confined, "cat /etc/shadow", "find /etc ! -perm -o=r ! -type l", "head -c 4 /etc/passwd")
    assert printed[0].endswith(("Permission denied", "cannot open '/etc/shadow' for reading: Permission denied"))
    assert printed[1:] == ["root"]


def test_no_git_repository_is_around_a_build(confined: Bench) -> None:
    printed = said(confined, "git rev-parse --show-toplevel", "git reset --hard", "git status --short")
    assert [line.startswith("fatal: not a git repository") for line in printed[::2]] == [True] * 3, printed


def test_no_git_repository_is_around_an_unconfined_build(bench: Bench) -> None:
    bench.machine = Machine(path=PATH, confined=False)
    assert "not a git repository" in said(bench, "git rev-parse --show-toplevel")[0]


def test_the_place_of_builds_is_in_no_work_tree(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    found = workspace.folder_of_builds({"HOME": str(tmp_path), "XDG_CACHE_HOME": ""})
    assert not found.is_relative_to(tmp_path)
    assert workspace.folder_of_builds({"HOME": "/proc"}) == found
    assert found.stat().st_mode & 0o777 == 0o700


def test_processes_of_others_are_neither_seen_nor_ended(confined: Bench) -> None:
    with subprocess.Popen(["sleep", "60"], env={"TREASURE": "1", "PATH": PATH}) as outside:
        printed = said(
            confined,
            "cat /proc/*/environ | tr '\\0' '\\n' | grep TREASURE",
            f"kill -9 {outside.pid}",
            f"kill -9 {os.getpid()}",
            "ls -d /proc/[0-9]* | wc -l",
            "cat /proc/1/environ | tr '\\0' '\\n' | cut -d= -f1 | sort | tr '\\n' ' '",
        )
        assert outside.poll() is None
        outside.kill()
    assert "TREASURE" not in "".join(printed)
    assert printed[:-2] == [line for line in printed[:-2] if "No such process" in line]
    assert int(printed[-2]) < 12
    assert printed[-1].split() == ["CODEBUILD_BUILD_ID", "HOME", "LC_ALL", "PATH"]


def test_nothing_is_written_outside(confined: Bench) -> None:
    marker = f"written-{uuid.uuid4().hex}"
    places = ("/", "/usr", "/usr/local/bin", "/etc", "/tmp", "/var/tmp", "/dev/shm", "/run", Path.home(), PROJECT_ROOT)  # noqa: S108 - what is tried
    said(confined, *(f"touch {folder}/{marker}" for folder in places))
    written = [Path(folder, marker) for folder in places if Path(folder, marker).exists()]
    for file in written:
        file.unlink()
    assert written == []


def test_the_kernel_stays_as_it_is(confined: Bench) -> None:
    before = Path("/proc/sys/kernel/core_pattern").read_text()
    # To what it is: where this test fails, the machine is none the worse for it.
    printed = said(
        confined,
        "cat /proc/sys/kernel/core_pattern >/proc/sys/kernel/core_pattern && echo reached",
        "test -w /proc/sysrq-trigger && echo reached",
        "mount -t tmpfs none /mnt; mount -o remount,rw,bind /usr; umount /proc",
        "unshare --user --map-root-user --mount sh -c 'mount -o remount,rw,bind /usr && echo reached'",
        "unshare -Urpf --mount-proc sh -c 'test -w /proc/sys/kernel/core_pattern && echo reached'",
        "mknod disk b 8 0 && cat disk",
        "chroot / true && echo reached; nsenter --target 1 --mount true && echo reached",
        "dmesg",
        "hostname reached && hostname",
    )
    assert "reached" not in [line for line in printed if "hostname:" not in line]
    assert Path("/proc/sys/kernel/core_pattern").read_text() == before


def test_user_and_name_spaces_are_the_builds_own(confined: Bench) -> None:
    kinds = ("user", "mnt", "pid", "ipc", "uts")
    printed = said(confined, *(f"readlink /proc/self/ns/{kind}" for kind in kinds), "grep NoNewPrivs /proc/self/status")
    assert not set(printed) & {str(Path("/proc/self/ns", kind).readlink()) for kind in kinds}
    assert printed[-1].split()[-1] == "1"
    assert Path("/proc/self/ns/net").readlink() == Path(said(confined, "readlink /proc/self/ns/net")[0])


def test_the_network_of_the_machine_is_reached(confined: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        build_id = confined.start(buildspecOverride=spec(f"exec 3<>/dev/tcp/127.0.0.1/{server.getsockname()[1]}"))
        server.settimeout(20)
        server.accept()[0].close()
    assert confined.ended(build_id).status == "SUCCEEDED"


@pytest.mark.parametrize("confining", [True, False])
def test_what_is_installed_goes_to_the_builds_own_python(bench: Bench, confining: bool) -> None:  # noqa: FBT001 - a case
    bench.machine = Machine(path=PATH, confined=confining)
    wheel = (
        "import zipfile; z = zipfile.ZipFile('own-1-py3-none-any.whl', 'w'); z.writestr('own.py', 'print(\"mine\")'); "
    )
    wheel += "d = 'own-1.dist-info/'; z.writestr(d + 'METADATA', 'Metadata-Version: 2.1\\nName: own\\nVersion: 1\\n'); "
    wheel += "z.writestr(d + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'); "
    wheel += "z.writestr(d + 'RECORD', '')"
    script = bench.folder / "wheel.py"
    bench.folder.mkdir(exist_ok=True)
    script.write_text(wheel)
    printed = said(
        bench,
        f"cat >wheel.py <<'END'\n        {wheel.replace(chr(10), '')}\n        END\n        python3 wheel.py",
        "python3 -m pip --version >/dev/null && pip install --quiet --no-index ./own-1-py3-none-any.whl",
        "python3 -m own && python3 -c 'import sys; print(sys.prefix)'",
        "python3 -m venv --without-pip more && more/bin/python -c 'print(1)'",
    )
    assert "mine" in printed, printed
    assert any(line.endswith("/python") and str(bench.running) in line for line in printed)
    assert subprocess.run([sys.executable, "-c", "import own"], capture_output=True, check=False).returncode != 0


def test_root_in_a_build_may_give_files_away_and_be_somebody_else(confined: Bench) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root has ids to map")
    printed = said(confined, "touch a; chown 1234:1234 a; stat -c %u a", "setpriv --reuid 65534 --clear-groups id -u")
    assert printed == ["1234", "65534"]


def test_other_users_run_confined_builds_too(tmp_path: Path) -> None:
    if os.geteuid() != 0 or sandbox.why_unusable():
        pytest.skip("only root can be somebody else")
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    code = "from local_aws.services.codebuild.machine.sandbox import why_unusable; print(repr(why_unusable()))"
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code],
        cwd=PROJECT_ROOT,
        user=65534,
        group=65534,
        extra_groups=[],
        env={"PATH": PATH, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "''\n", done.stderr


def test_a_machine_without_bubblewrap_is_told_once_and_builds(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PROGRAM", "no-such-bwrap")
    sandbox.why_unusable.cache_clear()
    try:
        outcome = bench.run(spec("echo built"))
    finally:
        monkeypatch.undo()
        sandbox.why_unusable.cache_clear()
    assert outcome.output[-1] == "built"
    assert outcome.log.count("WARNING: builds are not confined on this machine") == 1
    assert "apt-get install bubblewrap" in outcome.log


def test_a_command_that_kills_all_it_can_ends_its_build_alone(confined: Bench) -> None:
    outcome = confined.run(spec("kill -9 -1; sleep 5", "echo after"))
    assert outcome.status == "FAILED"
    assert confined.run(spec("echo alive")).output == ["alive"]


def test_homes_below_what_is_shown_are_hidden(confined: Bench) -> None:
    folder = Path("/usr/src" if os.access("/usr/src", os.W_OK) else "/nonexistent", f"home-{uuid.uuid4().hex}")
    if not folder.parent.exists():
        pytest.skip("nothing below /usr can be written here")
    folder.mkdir()
    (folder / "secret").write_text("TREASURE")
    confined.machine = replace(confined.machine, hidden=(folder,))
    try:
        assert "TREASURE" not in "".join(said(confined, f"cat {folder}/secret"))
    finally:
        shutil.rmtree(folder)


def test_stopping_a_confined_build_ends_what_it_started(confined: Bench) -> None:
    marker = f"marker-{uuid.uuid4().hex}"
    build_id = confined.start(buildspecOverride=spec(f"sh -c 'sleep 99; true {marker}' & echo up", "sleep 99"))
    confined.when_logged(build_id, "up")
    confined.service.stop()
    until(lambda: subprocess.run(["pgrep", "--full", marker], check=False, capture_output=True).returncode != 0)
