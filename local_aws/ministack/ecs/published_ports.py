"""Where this machine reaches the containers of tasks: at ports of its own, which the engine publishes.

The own address of a container, which its task shows as on AWS, leads nowhere where the engine has its own machine, as
Docker Desktop's does: https://docs.docker.com/desktop/features/networking/
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import ecs

Place = tuple[str, int]
"""A host and a port."""
HOST = "127.0.0.1"
_PORTS = "_published_ports"
"""On a task: the port of this machine for each port of its containers."""


def publish_ports() -> None:
    """Publish the TCP ports that containers of tasks have in their definitions, and keep where."""
    options, record = ecs._build_run_kwargs, ecs._record_task_ip

    def build_run_kwargs(container: Mapping[str, Any], *rest: Any) -> dict[str, Any]:  # noqa: ANN401 - MiniStack's own
        made: dict[str, Any] = options(container, *rest)
        if "network" in made and not made["ports"]:
            mapped = [one for one in container.get("portMappings") or [] if one.get("protocol", "tcp") == "tcp"]
            made["ports"] = {f"{one['containerPort']}/tcp": (HOST,) for one in mapped} or None
        return made

    def record_task_ip(task: dict[str, Any], container: Any, network: str | None) -> None:  # noqa: ANN401 - docker-py's
        container.reload()
        bound = container.attrs["NetworkSettings"].get("Ports") or {}
        task.setdefault(_PORTS, {}).update(
            {name.partition("/")[0]: int(places[0]["HostPort"]) for name, places in bound.items() if places}
        )
        record(task, container, network)

    ecs._build_run_kwargs, ecs._record_task_ip = build_run_kwargs, record_task_ip


def reached_at(address: str, port: int) -> Place:
    """Return the host and port at which a port of a task, by the address that the task shows, is reached."""
    for task in list(ecs._tasks.values()):
        if task.get("_container_ip") == address and task.get("lastStatus") != "STOPPED":
            published = task.get(_PORTS, {}).get(str(port))
            if published:
                return HOST, published
    return address, port
