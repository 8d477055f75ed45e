"""How many stopped tasks are kept, and for how long; nothing is counted while one that failed is."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.services import ecs

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.ecs import task_starts


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


def test_no_task_is_counted_while_a_failure_is() -> None:
    scheduler = task_starts._Scheduler(None)  # type: ignore[arg-type]  # noqa: SLF001 - it starts nothing, and needs no engine
    done, began, may_end = [], threading.Event(), threading.Event()

    def count(_task: object, *, digest_resolution_failed: bool) -> None:
        assert digest_resolution_failed
        began.set()
        may_end.wait(5)
        done.append("failure")

    def fail() -> None:
        with acting_in("000000000000", "ca-central-1"):
            scheduler.fail(count, {"clusterArn": "c/shop", "group": "service:web"}, digest_resolution_failed=True)

    def reconcile() -> None:
        with acting_in("000000000000", "ca-central-1"):
            scheduler.reconcile(lambda *_: done.append("tasks"), "shop", "shop/web")

    threads = [threading.Thread(target=fail), threading.Thread(target=reconcile)]
    threads[0].start()
    began.wait(5)
    threads[1].start()
    threads[1].join(0.2)
    may_end.set()
    for one in threads:
        one.join(5)
    assert done == ["failure", "tasks"]
