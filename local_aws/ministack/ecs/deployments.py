"""Deployments of services within MiniStack: which of them a service tells of, and when nothing is started any more."""

from ministack.services import ecs

from local_aws.ministack.cloudformation.stable_services import wait_no_more


def forget_what_failed_and_is_gone() -> None:
    """Have a service tell of a failed deployment only until another one has taken its place for good.

    MiniStack keeps it for ever; but a service is stable, for ECS's own waiters too, when it has one deployment alone:
    https://docs.aws.amazon.com/cli/latest/reference/ecs/wait/services-stable.html
    """
    refresh = ecs._refresh_service_state

    def refresh_service_state(cluster_name: str, group: str) -> None:
        refresh(cluster_name, group)
        service = ecs._services.get(f"{cluster_name}/{group.partition(':')[2]}")
        if service is None:
            return
        deployments = service["deployments"]
        if any(one["status"] == "PRIMARY" and one.get("rolloutState") == "COMPLETED" for one in deployments):
            service["deployments"] = [
                one for one in deployments if one["status"] == "PRIMARY" or one["runningCount"] or one["pendingCount"]
            ]

    ecs._refresh_service_state = refresh_service_state


def start_no_more_tasks() -> None:
    """Have services start nothing in place of the tasks that end because MiniStack does.

    A task whose container is removed at the end looks like one that failed, and its successor would be left behind.
    """

    def reconcile_service_tasks(cluster_name: str, service_key: str) -> None:
        del cluster_name, service_key

    def start_task_worker(*_: object) -> None:
        """Leave the task as it is: it is started anew with the service."""

    def maybe_mark_stopped(task: object, docker: object = None) -> None:
        del task, docker

    ecs._reconcile_service_tasks = reconcile_service_tasks
    ecs._maybe_mark_stopped = maybe_mark_stopped
    ecs._start_task_worker = start_task_worker
    wait_no_more()
