"""Each file that a killed local AWS leaves, broken, and started for real.

All five ways are tried in tests/local_aws/state, where nothing is started; these two stand for what can be read, and
for what can't.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.rehearsal.local_account import free_port
from tests.local_aws.state.test_broken_files import BREAKS, FILES
from tests.local_aws_fixture import LocalAws, local_aws_in

KEPT = "/kept/since/start"


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("broken") / "state"
    with local_aws_in(folder) as aws:
        aws.client("ssm").put_parameter(Name=KEPT, Value="v", Type="String")
        aws.run("stop")
        aws.start_again()
        aws.client("ssm").put_parameter(Name="/a/b/c", Value="v", Type="String")
        aws.kill()
        yield folder


@pytest.mark.timeout(100)
@pytest.mark.parametrize("way", ["garbage", "a directory"])
@pytest.mark.parametrize("name", [*(name for name in FILES if not name.startswith("objects")), "start.lock"])
def test_a_start_on_a_broken_file_goes_well_or_says_why_not(killed: Path, tmp_path: Path, name: str, way: str) -> None:
    folder = tmp_path / "state"
    shutil.copytree(killed, folder)
    BREAKS[way](folder / name)
    aws = LocalAws(free_port(), folder)
    started = aws.run("start", "--port", str(aws.port))
    try:
        assert "Traceback" not in started.stdout + started.stderr
        if started.returncode:
            assert started.returncode == 2
            assert name in started.stderr
            assert started.stderr.count("\n") == 1
        else:
            assert aws.client("ssm").get_parameter(Name=KEPT)["Parameter"]["Value"] == "v"
    finally:
        aws.run("stop")
