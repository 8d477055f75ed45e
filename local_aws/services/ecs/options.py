"""A container definition as Docker's options, beyond those that MiniStack passes.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from collections.abc import Mapping
from typing import Any

_NANOSECONDS = 1_000_000_000
_MEBIBYTE = 1024 * 1024
_INTERVAL, _TIMEOUT, _RETRIES = 30, 5, 3
"""ECS's defaults for a health check, in seconds and times."""


def docker_options(container: Mapping[str, Any], task_definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that docker-py's ``containers.run`` takes for what a container definition asks."""
    linux = container.get("linuxParameters") or {}
    memory = container.get("memory") or task_definition.get("memory")
    options: dict[str, Any] = {
        "entrypoint": container.get("entryPoint"),
        "user": container.get("user"),
        "working_dir": container.get("workingDirectory"),
        "read_only": container.get("readonlyRootFilesystem"),
        "init": linux.get("initProcessEnabled"),
        "cap_drop": (linux.get("capabilities") or {}).get("drop"),
        "mem_limit": int(memory) * _MEBIBYTE if memory else None,
        "shm_size": linux["sharedMemorySize"] * _MEBIBYTE if linux.get("sharedMemorySize") else None,
        "tmpfs": {
            mount["containerPath"]: ",".join([f"size={mount['size']}m", *mount.get("mountOptions", [])])
            for mount in linux.get("tmpfs", [])
        },
        "healthcheck": _health_check(container.get("healthCheck")),
    }
    return {name: value for name, value in options.items() if value not in (None, "", [], {})}


def _health_check(declared: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not declared:
        return None
    start_period = int(declared.get("startPeriod") or 0)
    return {
        "test": declared["command"],
        "interval": int(declared.get("interval") or _INTERVAL) * _NANOSECONDS,
        "timeout": int(declared.get("timeout") or _TIMEOUT) * _NANOSECONDS,
        "retries": int(declared.get("retries") or _RETRIES),
        "start_period": start_period * _NANOSECONDS,
    }
