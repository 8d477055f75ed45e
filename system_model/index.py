"""A system with everything that is looked up in it: resolved values, names, roles, buildspecs."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from system_model.buildspecs_of import Buildspecs
from system_model.resolver import Resolver
from system_model.resource_policies import ResourcePolicies
from system_model.roles import Roles
from system_model.system import Resource, Stack, System
from system_model.wording import Alone

Found = TypeVar("Found")


class SystemIndex:
    """The system, its resolved values and its roles."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.resolver = Resolver(system, None if system.whole else Alone())
        self._named: dict[str, dict[str | None, Resource]] = {}
        self._remembered: dict[object, Any] = {}

    @cached_property
    def roles(self) -> Roles:
        """Every role."""
        return Roles(self.system, self.resolver)

    @cached_property
    def resource_policies(self) -> ResourcePolicies:
        """What policies on resources may grant."""
        return ResourcePolicies(self.system, self.resolver)

    @cached_property
    def buildspecs(self) -> Buildspecs:
        """Every buildspec that a project runs."""
        return Buildspecs(self.system.repository, self.resolver, whole=self.system.whole)

    def text(self, value: Any, stack: Stack) -> str | None:  # noqa: ANN401 - whatever a template holds
        """Return the text of a value of a template."""
        return self.resolver.text(value, stack)

    def texts(self, value: Any, stack: Stack) -> list[str]:  # noqa: ANN401 - the same
        """Return the texts of a list, or of one value that stands for a list of one."""
        return self.resolver.texts(value, stack)

    def named(self, kind: str, name: str | None) -> Resource | None:
        """Return the resource of a type that has this name, as ``Ref`` gives it."""
        if kind not in self._named:
            every = self.system.resources(kind)
            self._named[kind] = {self.text({"Ref": one.logical_id}, one.stack): one for one in every}
        return self._named[kind].get(name)

    def remembered(self, about: object, find: Callable[[], Found]) -> Found:
        """Return what ``find`` returns, which is asked once for each subject ``about``."""
        if about not in self._remembered:
            self._remembered[about] = find()
        found: Found = self._remembered[about]
        return found
