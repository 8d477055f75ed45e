"""What tests of roll-outs share."""

from collections.abc import Iterator

import pytest

from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws_fixture import LocalAws, local_aws_in


@pytest.fixture(scope="module")
def quick_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """Start an embedded AWS whose minutes of a bake last two seconds."""
    check_docker()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL_AWS_MINUTE", "2")
        with local_aws_in(tmp_path_factory.mktemp("rollouts") / "state") as started:
            yield started
