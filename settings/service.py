"""One service of the system: what runs, and which values it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from settings import alarms, database, delivery, formats, gates, rollout
from settings.alarms import Alarms
from settings.delivery import Delivery
from settings.gates import Gates
from settings.rollout import Rollout
from settings.toml_table import Table

FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
}
"""MiB of memory that Fargate has for each number of CPU units.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
"""

LOWEST_PORT, HIGHEST_PORT = 1024, 65535
"""What a service may listen on: below, a process needs rights that its container does not have."""

HTTPS, POSTGRESQL = 443, 5432
"""Where tasks reach AWS and their database."""

HIGHEST_PRIORITY = 50_000
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"""

ValueSource = Literal["parameter", "service-url"]


@dataclass(frozen=True)
class ServiceParameter:
    """A value kept in Parameter Store under ``/application/service/name``, given by the environment file."""

    name: str
    description: str
    pattern: str


@dataclass(frozen=True)
class Service:
    """A service that has a pipeline of its own. Ports are TCP, ``memory`` is in MiB, ``cpu`` in CPU units."""

    name: str
    port: int
    outbound_ports: tuple[int, ...]
    """TCP ports that its tasks may reach elsewhere, in order; 443 is among them."""
    path_patterns: tuple[str, ...]
    """Which requests the load balancer sends here."""
    priority: int
    """Of two services that match a request, the one with the lower number gets it; 0 where none is written out."""
    health_check_path: str
    health_check_command: tuple[str, ...]
    cpu: int
    memory: int
    desired_count: int
    drain_seconds: int
    image_repository: str
    task_family: str
    log_group: str
    secrets: tuple[str, ...]
    environment: Mapping[str, ValueSource]
    parameters: tuple[ServiceParameter, ...]
    rollout: Rollout
    alarms: Alarms
    uses_database: bool
    gates: Gates
    delivery: Delivery | None
    """None where only what runs matters: the runtime does not depend on how a service is released."""

    @property
    def alarms_made(self) -> int:
        """How many alarms it has: on errors of each target group, on unhealthy tasks, too few, and slow answers."""
        return 3 + self.rollout.shifts_traffic + bool(self.alarms.slow_milliseconds)

    @property
    def delivered(self) -> Delivery:
        """How it is released, for whom nothing else would do."""
        if self.delivery is None:
            raise ValueError(f"{self.name} was read without how it is released")
        return self.delivery


def read(table: Table, application: str, *, has_database: bool) -> Service:
    """Read one ``[[services]]`` table; it reaches the database, if there is one, unless it says otherwise."""
    name = table.take_text("name", formats.SERVICE)
    owned = f"{application}-{name}"
    cpu, memory = _read_size(table)
    patterns = table.take_texts("path_patterns", formats.PATH_PATTERN, ("/*",), at_least=1, at_most=5)
    health = table.take_text("health_check_path", formats.URL_PATH, default="/api/health-check")
    service = Service(
        name=name,
        port=table.take_integer("port", LOWEST_PORT, HIGHEST_PORT, ""),
        outbound_ports=tuple(sorted({HTTPS, *table.take_integers("outbound_ports", 1, HIGHEST_PORT, (POSTGRESQL,))})),
        path_patterns=patterns,
        priority=_read_priority(table),
        health_check_path=health,
        health_check_command=table.take_words("health_check_command"),
        cpu=cpu,
        memory=memory,
        desired_count=table.take_integer("desired_count", 1, 100, "tasks", default=1),
        drain_seconds=table.take_integer("drain_seconds", 0, 3600, "seconds", default=15),
        image_repository=table.take_text("image_repository", formats.IMAGE_REPOSITORY, default=owned),
        task_family=table.take_text("task_family", formats.TASK_FAMILY, default=owned),
        log_group=table.take_text("log_group", formats.LOG_GROUP, default=f"/ecs/{application}/{name}"),
        secrets=table.take_texts("secrets", formats.VARIABLE),
        environment=_read_environment(table.take_table("environment")),
        parameters=_read_parameters(table),
        rollout=rollout.read(table.take_table("rollout")),
        alarms=alarms.read(table.take_table("alarms")),
        uses_database=has_database and table.take_boolean("database", default=True),
        gates=gates.read(table.take_table("gates")),
        delivery=delivery.read(table, application, name, health, patterns),
    )
    _refuse_repeated_names(table, service)
    table.close()
    return service


def _read_size(table: Table) -> tuple[int, int]:
    cpu = table.take_integer_of("cpu", tuple(FARGATE_MEMORY), "CPU units", default=256)
    return cpu, table.take_integer_of(
        "memory", FARGATE_MEMORY[cpu], f"MiB that Fargate has with {cpu} CPU units", 2 * cpu
    )


def _read_priority(table: Table) -> int:
    return table.take_integer("priority", 1, HIGHEST_PRIORITY, "") if table.has("priority") else 0


def _read_environment(table: Table) -> Mapping[str, ValueSource]:
    sources: dict[str, ValueSource] = {}
    for name in table.names_in_shape(formats.VARIABLE):
        is_parameter = table.take_choice(name, ("parameter", "service-url"), "parameter") == "parameter"
        sources[name] = "parameter" if is_parameter else "service-url"
    table.close()
    return sources


def _read_parameters(table: Table) -> tuple[ServiceParameter, ...]:
    parameters = []
    for item in table.take_tables("parameters"):
        name = item.take_text("name", formats.VARIABLE)
        description = item.take_text("description", formats.LINE, default=f"Value of {name}")
        parameters.append(ServiceParameter(name, description, item.take_pattern("pattern", default=".+")))
        item.close()
    return tuple(parameters)


RESERVED_PARAMETERS = ("AWS_ACCOUNT_ID", "BACKEND_IMAGE_URL")
"""Every service has these in Parameter Store without listing them."""


def _refuse_repeated_names(table: Table, service: Service) -> None:
    names = [*RESERVED_PARAMETERS, *(parameter.name for parameter in service.parameters), *service.secrets]
    names += [*service.environment, *(database.VARIABLES if service.uses_database else ())]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            key = "secrets" if name in service.secrets else "parameters"
            table.refuse_value(key, f"the name {name}, which is there already", "a name that is used once only")
