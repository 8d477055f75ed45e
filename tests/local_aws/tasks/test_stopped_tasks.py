"""How many stopped tasks are kept, and for how long; a service changes while nobody counts."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.services import ecs

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.ecs import task_starts
from local_aws.ministack.ecs.deployments import service_lock
from local_aws.ministack.ecs.rollouts import rollouts


def _task(group: str, minutes: float) -> dict[str, Any]:
    when = (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"lastStatus": "STOPPED", "group": group, "stoppedAt": when}


def test_stopped_tasks_are_forgotten_after_an_hour_and_beyond_a_hundred() -> None:
    with acting_in("000000000000", "ca-central-1"):
        for number in range(150):
            ecs._tasks[f"many-{number}"] = _task("service:a", minutes=number / 10)  # noqa: SLF001 - where they are kept
        ecs._tasks["old"] = _task("service:b", minutes=61)  # noqa: SLF001 - the same
        ecs._tasks["new"] = _task("service:b", minutes=59)  # noqa: SLF001 - the same
        ecs._tasks["running"] = {**_task("service:b", minutes=600), "lastStatus": "RUNNING"}  # noqa: SLF001 - the same
        task_starts.forget_old_tasks()
        left = set(ecs._tasks)  # noqa: SLF001 - the same
        for name in left:
            del ecs._tasks[name]  # noqa: SLF001 - the same
    assert left == {*(f"many-{number}" for number in range(100)), "new", "running"}


def test_a_service_is_changed_and_its_tasks_are_counted_one_after_the_other() -> None:
    scheduler = task_starts._Scheduler(None)  # type: ignore[arg-type]  # noqa: SLF001 - it starts nothing, and needs no engine
    done: list[str] = []
    task = {"clusterArn": "c/shop", "group": "service:web"}

    def note(what: str) -> Callable[..., Any]:
        return lambda *_, **__: done.append(what)

    changes: dict[str, Callable[[], object]] = {
        "failure": lambda: scheduler.fail(note("failure"), task, digest_resolution_failed=True),
        "tasks": lambda: scheduler.reconcile(note("tasks"), "shop", "shop/web"),
        "update": lambda: scheduler.update(note("update"), {"cluster": "shop", "service": "web"}),
        "end": lambda: rollouts.give_up("shop/web", "an alarm.", back=True),
    }

    def run(change: Callable[[], object]) -> None:
        with acting_in("000000000000", "ca-central-1"):
            change()

    threads = [threading.Thread(target=run, args=[change]) for change in changes.values()]
    with acting_in("000000000000", "ca-central-1"):
        deployment = {"id": "d", "status": "PRIMARY", "rolloutState": "IN_PROGRESS"}
        ecs._services["shop/web"] = {  # noqa: SLF001 - give_up() reads it there
            "serviceName": "web", "clusterArn": "c/shop", "status": "ACTIVE", "desiredCount": 0, "events": [],
            "deployments": [deployment],
        }  # fmt: skip
        try:
            with service_lock("shop/web"):
                for one in threads:
                    one.start()
                    one.join(0.1)
                assert not done
                assert deployment["rolloutState"] == "IN_PROGRESS"
            for one in threads:
                one.join(5)
            assert sorted(done) == ["failure", "tasks", "update"]
            assert deployment["rolloutState"] == "FAILED"
        finally:
            del ecs._services["shop/web"]  # noqa: SLF001 - as above
