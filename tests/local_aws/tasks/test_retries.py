"""When a service tries again, on a clock of the test."""

from local_aws.services.ecs.retries import LONGEST, Retries


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _attempt(retries: Retries, deployment: str = "d") -> float:
    """Fail once with two tasks; give the pause before the next attempt."""
    retries.begin("s", deployment)
    retries.fail("s", deployment)
    retries.fail("s", deployment)
    return retries.pause("s", deployment)


def test_the_pauses_grow_and_stay_below_a_minute() -> None:
    clock = _Clock()
    retries = Retries(clock)
    pauses = []
    for _ in range(12):
        pauses.append(_attempt(retries))
        clock.now += pauses[-1]
    assert pauses == [0, 0, 1, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST, LONGEST]


def test_health_and_a_new_deployment_begin_afresh() -> None:
    retries = Retries(_Clock())
    assert [_attempt(retries) for _ in range(4)][-1] == 2
    assert _attempt(retries, "another") == 0
    assert [_attempt(retries) for _ in range(3)][-1] == 1
    retries.succeed("s")
    assert _attempt(retries) == 0
