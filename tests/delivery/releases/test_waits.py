"""A release is waited for no longer than was asked for, and one that may have begun is not told as refused."""

import time

from tests.bad_endpoints import HTML
from tests.delivery.proxy import in_front_of
from tests.delivery.releases.release_project import ReleaseProject


def test_an_approval_is_not_waited_for_for_ever(releases: ReleaseProject) -> None:
    releases.deploy(approval=True)
    releases.run("release", "--no-wait")
    execution = releases.wait_until_asked()
    began = time.monotonic()

    result = releases.run("release", "--follow", execution, "--wait-minutes", "0.02", "--json")

    assert time.monotonic() - began < 15
    assert result.code == 1
    (problem,) = result.of_kind("problem")
    first, second = problem["sentences"]
    assert f"execution {execution[:8]} has not ended after 0.02 minutes. Approve waits for a person: `bin/app" in first
    assert second.startswith("The release may continue. Come back to it with `bin/release --environment")


def test_a_start_without_an_answer_may_have_started(shared: ReleaseProject) -> None:
    page = (200, HTML.decode())
    with in_front_of(shared.project, lambda action: page if action == "StartPipelineExecution" else None) as proxy:
        address = shared.project.settings["endpoint_url"]
        shared.project.settings["endpoint_url"] = proxy.address
        result = shared.run("release")
        shared.project.settings["endpoint_url"] = address

    assert result.code == 1
    assert "does not answer StartPipelineExecution as AWS does" in result.err
    assert "It is not known whether a release has started; see it with `bin/status --environment" in result.err
