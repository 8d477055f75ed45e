"""A system with everything that contracts look up in it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from contracts.buildspec_files import Buildspecs
from contracts.positions import line_of
from contracts.resolving import Resolver
from contracts.roles import Roles
from contracts.system import Resource, Stack, System
from reporting.findings import Finding, Severity

Found = TypeVar("Found")


class Reading:
    """The system, its resolved values and its roles."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.resolver = Resolver(system)
        self._named: dict[str, dict[str | None, Resource]] = {}
        self._remembered: dict[object, Any] = {}

    @cached_property
    def roles(self) -> Roles:
        """Every role."""
        return Roles(self.system, self.resolver)

    @cached_property
    def buildspecs(self) -> Buildspecs:
        """Every buildspec that a project runs."""
        return Buildspecs(self.system.repository)

    def text(self, value: Any, stack: Stack) -> str | None:  # noqa: ANN401 - whatever stands in a template
        """Give the text of a value of a template."""
        return self.resolver.text(value, stack)

    def named(self, kind: str, name: str | None) -> Resource | None:
        """Give the resource of a type that has this name, as ``Ref`` gives it."""
        if kind not in self._named:
            every = self.system.resources(kind)
            self._named[kind] = {self.text({"Ref": one.logical_id}, one.stack): one for one in every}
        return self._named[kind].get(name)

    def remembered(self, about: object, find: Callable[[], Found]) -> Found:
        """Give what ``find`` gives, which is asked once for each subject ``about``."""
        if about not in self._remembered:
            self._remembered[about] = find()
        found: Found = self._remembered[about]
        return found

    def finding(
        self, identifier: str, resource: Resource, below: Sequence[str | int], sentence: str, remedy: str
    ) -> Finding:
        """Give a finding about a part of a resource."""
        path = ("Resources", resource.logical_id, *below)
        return self.finding_in(identifier, resource.stack, path, sentence, remedy)

    def finding_in(
        self, identifier: str, stack: Stack, path: Sequence[str | int], sentence: str, remedy: str
    ) -> Finding:
        """Give a finding about a place of a template."""
        line, found = line_of(stack.template, path) if stack.is_rendered else (0, path)
        place = "/".join(str(part) for part in found)
        return Finding(stack.file, line, 1 if line else 0, identifier, Severity.ERROR, sentence, remedy, place)
