"""Which stacks there are, in the order in which they are deployed, and which stacks each one needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from troposphere import Template

from settings.project import Project
from settings.service import Service
from templates_src.database import database_stack
from templates_src.foundation import foundation_stack
from templates_src.pipeline import pipeline_stack
from templates_src.runtime import runtime_stack
from templates_src.service import service_stack


@dataclass(frozen=True)
class Stack:
    """One stack: ``make`` gives its template from nothing but ``project`` and ``service``."""

    name: str
    needs: tuple[str, ...]
    """The stacks that it imports from."""
    project: Project
    service: Service | None
    """The service that it is for; ``None`` if it is for no single one."""
    make: Callable[[], Template]

    @property
    def file(self) -> str:
        """The file of `build/` that holds its template."""
        return f"{self.name}.json"


def stacks(project: Project) -> list[Stack]:
    """Return the stacks of ``project`` in deployment order: what is shared, the services, their pipelines.

    A template is made without the settings that are not its own: what is shared without the services, a service without
    the others and without how it is delivered. Then it can't depend on them, and stays as it is when these change.
    """
    common = replace(project, services=())
    base = Stack(foundation_stack.stack_name(common), (), common, None, partial(foundation_stack.template, common))
    if not project.runtime.wanted:
        return [base, *(_pipeline(common, service, (base.name,)) for service in project.services)]
    make = partial(runtime_stack.template, common)
    shared = Stack(runtime_stack.stack_name(common), (base.name,), common, None, make)
    data = _database(common, shared.name)
    services = [
        _service(common, one, (base.name, shared.name, *(each.name for each in data if one.uses_database)))
        for one in project.services
    ]
    pipelines = [
        _pipeline(common, service, (base.name, running.name))
        for service, running in zip(project.services, services, strict=True)
    ]
    return [base, shared, *data, *services, *pipelines]


def _database(common: Project, network: str) -> list[Stack]:
    if common.database is None:
        return []
    make = partial(database_stack.template, common, common.database)
    return [Stack(database_stack.stack_name(common), (network,), common, None, make)]


def _service(common: Project, service: Service, needs: tuple[str, ...]) -> Stack:
    running = replace(service, delivery=None)
    make = partial(service_stack.template, common, running)
    return Stack(service_stack.stack_name(common, running), needs, common, running, make)


def _pipeline(common: Project, service: Service, needs: tuple[str, ...]) -> Stack:
    make = partial(pipeline_stack.template, common, service)
    return Stack(pipeline_stack.stack_name(common, service), needs, common, service, make)
