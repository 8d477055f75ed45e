"""Twenty writers, for a minute, over five kills: what was acknowledged is there."""

import time
from pathlib import Path

import pytest

from tests.faults.writers import Writers
from tests.local_aws_fixture import local_aws_in

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Connections to what was killed are collected as they are."""

SECONDS, KILLS = 60.0, 5


@pytest.mark.timeout(200)
def test_twenty_writers_lose_nothing_over_five_kills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with local_aws_in(tmp_path / "state") as aws:
        writers = Writers(aws)
        writers.prepare()
        began = time.monotonic()
        with writers.writing(parameters=10, counters=3, objects=4, stacks=3):
            for kill in range(1, KILLS + 1):
                time.sleep(max(0.0, began + kill * SECONDS / (KILLS + 1) - time.monotonic()))
                aws.kill()
                aws.start_again()
            time.sleep(max(0.0, began + SECONDS - time.monotonic()))
        lost = writers.lost() + writers.lost_stacks()
        with capsys.disabled():
            print(f"\nacknowledged: {writers.calls}, failed: {writers.failed}, lost: {len(lost)}")
        assert lost == []
        assert writers.calls > 200  # a busy machine takes thousands less
        aws.kill()
        aws.start_again()
        assert writers.lost() + writers.lost_stacks() == []
