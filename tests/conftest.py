"""What every test of the project shares: no credentials of the user, and one embedded AWS for those that ask for it."""

import gc
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from reporting.deadline import THREAD
from tests.about_example import example_is_there, is_about_example
from tests.local_aws_fixture import LocalAws, local_aws_in, without_aws_settings
from tests.scheduling import ByPlace, scenarios_first


def pytest_configure() -> None:
    """Have Ctrl-C and SIGHUP count for what tests start: a job in the background, or under nohup, ignores them.

    Its children would, too. These tests themselves go on.
    Nor is a property false because the processors have other tests to run. And the collector looks seldom through what
    all tests share, templates and descriptions of services: it took a tenth of their time.
    """
    gc.set_threshold(100_000, 50, 100)
    settings.register_profile("side by side", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("side by side")
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out tests of the example where the settings have no such service."""
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if is_test and not example_is_there() and is_about_example(collection_path) else None


def pytest_report_header() -> str:
    """Say so."""
    return "" if example_is_there() else "left out: tests of the example, for which the settings have no service"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPlace:
    """Let xdist share out the tests by what they share, in our order: not the groups with most tests first."""
    config.option.loadscopereorder = False
    return ByPlace(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first."""
    items[:] = scenarios_first(items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the work that earlier tests gave up end before Hypothesis draws, which nothing else may do by chance."""
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        for thread in threading.enumerate():
            if thread.name == THREAD:
                thread.join(timeout=60)


@pytest.fixture(scope="session", autouse=True)
def _no_aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Blank all that the user's shell says about AWS, for the tests and for what they start."""
    nothing = tmp_path_factory.mktemp("no-aws-settings")
    with pytest.MonkeyPatch.context() as patch:
        for name in without_aws_settings(os.environ):
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", str(nothing / "config"))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nothing / "credentials"))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        # Nor does the terminal that the tests run on decide what is shown on the terminals that they make.
        patch.setenv("TERM", "xterm-256color")
        patch.delenv("NO_COLOR", raising=False)
        # Under `make test`, commands would be told as make has them.
        patch.delenv("MAKELEVEL", raising=False)
        yield


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """Return the embedded AWS that tests share; what a test makes there has a name of its own."""
    with local_aws_in(tmp_path_factory.mktemp("local-aws") / "state") as started:
        yield started
