"""The scenarios that together have every role do all that it is there for."""

from collections.abc import Callable
from dataclasses import dataclass

from proofs.rehearsal.releasing import Releases, RequestedRelease
from proofs.rehearsal.repository import Outcome
from proofs.rehearsal.stand_in import TESTS

FAILED, SUCCEEDED = "Failed", "Succeeded"
PULL_REQUEST = 1
WELL = "A service that is well"


@dataclass(frozen=True)
class Scenario:
    """One scenario. ``asks_for_all``: it is about what the settings may ask for beyond the templates of `build/`."""

    name: str
    about: str
    play: Callable[[Releases], None]
    docker: bool = False
    asks_for_all: bool = False


def _nothing(_: Releases) -> None:
    """Look at what the deployment itself has used: the stacks stand, and no service runs yet."""


def _failed_test(releases: Releases) -> None:
    releases.repository.commit("A service whose tests fail", Outcome(tests=1))
    releases.release(RequestedRelease(FAILED, "Test", TESTS))


def _first_release(releases: Releases) -> None:
    # A running task would keep the layers of its image on this machine; as none runs, the next build has to pull them.
    releases.repository.commit("A service that no task runs yet", Outcome())
    releases.release(RequestedRelease(SUCCEEDED, starts_tasks=False))
    releases.forget_images()
    releases.repository.commit(WELL, Outcome())
    releases.release(RequestedRelease(SUCCEEDED))


def _roll_back(releases: Releases) -> None:
    releases.repository.commit("A service that ends as soon as it starts", Outcome(answer=0))
    releases.release(RequestedRelease(FAILED, "Deploy", never_healthy=True))


def _unsigned(releases: Releases) -> None:
    if not all(service.delivered.admission.required for service in releases.repository.services):
        return
    releases.repository.commit("A service whose bake signs nothing", Outcome(), signs=False)
    releases.release(RequestedRelease(FAILED, "Deploy", "admission admit"))


def _approval(releases: Releases) -> None:
    # A commit that was baked before: its image is found in the registry.
    releases.release(RequestedRelease(SUCCEEDED), releases.repository.find(WELL))


def _pull_request(releases: Releases) -> None:
    releases.repository.commit("What a pull request changes", Outcome())
    releases.repository.open_pull_request(PULL_REQUEST)
    releases.test_pull_requests(PULL_REQUEST)


SCENARIOS = (
    Scenario("first deploy", "the stacks are deployed; there is no image yet, so no task runs", _nothing),
    Scenario("failed test", "a test fails: nothing is built", _failed_test),
    Scenario(
        "first release",
        "the service is tested, baked and deployed, then once more, and runs",
        _first_release,
        docker=True,
    ),
    Scenario("roll-back", "an image never becomes healthy: service and stage go back", _roll_back, docker=True),
    Scenario(
        "unsigned image",
        "the bake pushes an image and signs nothing: where only attested images are deployed, it is refused",
        _unsigned,
        docker=True,
    ),
    Scenario(
        "approval", "a person approves a release before it is deployed", _approval, docker=True, asks_for_all=True
    ),
    Scenario("pull request", "a pull request is tested", _pull_request, asks_for_all=True),
)
