"""Statements of policies, and whether one is about a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from system_model.answers import Answer, all_of, of
from system_model.conditions import UNKNOWN, Context, Patterns, hold
from system_model.patterns import may_be_same, opened, overlap
from system_model.resolver import readable
from system_model.system import mapping

Document = Mapping[str, Any]
ANY = "*"
"""The resource of an action that takes none."""
Alone = frozenset[str] | None
"""The logical ids of a template that stands alone; None where every template of a system is known.

In a whole system what only a deployment knows is the same where it is written alike, and else something else; of a
template that stands alone, a parameter may turn out to be anything, and only its own resources differ for certain.
"""


def texts(value: object) -> tuple[str, ...]:
    """Return what a policy has as one text, or as several, as several."""
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


@dataclass(frozen=True)
class Statement:
    """One statement. ``document`` has every value resolved; ``written`` is the template's own."""

    policy: str
    index: int
    document: Document
    written: Document

    def __hash__(self) -> int:
        """Distinguish it from others by its place."""
        return hash((self.policy, self.index))

    @property
    def sid(self) -> str:
        """What it is for; where it does not say so, where it is."""
        return str(self.document.get("Sid") or f"{self.policy}[{self.index}]")

    @cached_property
    def allows(self) -> bool:
        """Whether it grants anything."""
        return self.document.get("Effect") == "Allow"

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The actions that it names."""
        return texts(self.document.get("Action"))

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """The resources that it names."""
        return texts(self.document.get("Resource"))

    @cached_property
    def not_resources(self) -> tuple[str, ...]:
        """The resources that it leaves out."""
        return texts(self.document.get("NotResource"))

    @property
    def shown(self) -> Document:
        """The template's own statement, with references written as a person reads them."""
        found: Document = readable(self.written)
        return found

    @property
    def shown_resources(self) -> tuple[str, ...]:
        """The resources in the same order, as a person reads them."""
        return texts(self.shown.get("Resource"))

    @property
    def conditions(self) -> Mapping[str, Mapping[str, Any]]:
        """By operator: condition keys and the values that they must have."""
        return {name: mapping(keys) for name, keys in mapping(self.document.get("Condition")).items()}

    @cached_property
    def principals(self) -> tuple[str, ...]:
        """The principals that a trust policy names."""
        given = self.document.get("Principal")
        if given == ANY:
            return (ANY,)
        return tuple(name for value in mapping(given).values() for name in texts(value))

    @cached_property
    def _named_actions(self) -> Patterns:
        return Patterns(one.lower() for one in self.actions)

    @cached_property
    def _left_out_actions(self) -> Patterns | None:
        left_out = texts(self.document.get("NotAction"))
        return Patterns(one.lower() for one in left_out) if left_out else None

    @cached_property
    def _named_resources(self) -> Patterns:
        return Patterns(self.not_resources or self.resources)

    @cached_property
    def _compared(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        return {name: {key: texts(value) for key, value in keys.items()} for name, keys in self.conditions.items()}

    def covers(self, action: str, resource: str, context: Context, *, alone: Alone = None) -> Answer:
        """Check whether the statement is about this request."""
        named = of(self.names_action(action.lower())) if alone is None else self._may_name(action.lower())
        if named is Answer.NO:
            return Answer.NO
        within = self.names_resource(resource, alone)
        return within if within is Answer.NO else all_of((named, within, self.meets(context, alone)))

    def names_action(self, action: str) -> bool:
        """Check whether the statement names an action, given in lower case."""
        if self._left_out_actions is not None:
            return not self._left_out_actions.fit(action)
        return self._named_actions.fit(action)

    def _may_name(self, action: str) -> Answer:
        """Check the same where a parameter may be a part of an action."""
        if self.names_action(action):
            return Answer.YES
        return (
            Answer.UNKNOWN if any("${" in one and overlap(opened(one), action) for one in self.actions) else Answer.NO
        )

    def meets(self, context: Context, alone: Alone = None) -> Answer:
        """Check whether the conditions hold."""
        if mapping(self.document.get("Condition")) != (self.document.get("Condition") or {}):
            return Answer.UNKNOWN
        return hold(self._compared, context, whole=alone is None)

    def names_resource(self, resource: str, alone: Alone = None) -> Answer:
        """Check whether it is about a resource."""
        if resource == UNKNOWN:
            return Answer.YES if alone is None or ANY in self.resources else Answer.UNKNOWN
        if resource == ANY and (ANY in self.resources or alone is None):
            return of(ANY in self.resources or bool(self.not_resources))
        named = of(self._named_resources.fit(resource))
        if named is Answer.NO and alone is not None and self._may_name_resource(resource, alone):
            named = Answer.UNKNOWN
        return ~named if self.not_resources else named

    def _may_name_resource(self, resource: str, alone: Collection[str]) -> bool:
        every = self.not_resources or self.resources
        return any("${" in one + resource and may_be_same(one, resource, alone) for one in every)
