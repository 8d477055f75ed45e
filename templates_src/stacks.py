"""Which stacks there are, in the order in which they are deployed, and which stacks each one needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from troposphere import Template

from settings.project import Project
from settings.service import Service
from templates_src.foundation import foundation_stack
from templates_src.pipeline import pipeline_stack
from templates_src.runtime import runtime_stack


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
    """Return the stacks of ``project`` in deployment order.

    A template is made without the settings that are not its own: the foundation without the services, a pipeline
    without the other services, the runtime without how its services are delivered. Then it can't depend on them, and
    stays as it is when one of them changes.
    """
    common = replace(project, services=())
    base = Stack(foundation_stack.stack_name(common), (), common, None, partial(foundation_stack.template, common))
    wanted = [base]
    if project.runtime.wanted:
        running = replace(project, services=tuple(replace(service, delivery=None) for service in project.services))
        make = partial(runtime_stack.template, running)
        wanted.append(Stack(runtime_stack.stack_name(running), (base.name,), running, None, make))
    needs = tuple(stack.name for stack in wanted)
    pipelines = [
        Stack(
            pipeline_stack.stack_name(common, service),
            needs,
            common,
            service,
            partial(pipeline_stack.template, common, service),
        )
        for service in project.services
    ]
    return [*wanted, *pipelines]
