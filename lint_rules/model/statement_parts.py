"""What a statement of a policy is made of: actions, tests of conditions, principals."""

from collections.abc import Sequence
from dataclasses import dataclass

from lint_rules.model.node import Node
from system_model.patterns import overlap


@dataclass(frozen=True)
class Action:
    """An action as a statement names it, in which ``*`` and ``?`` stand for many."""

    node: Node
    pattern: str

    @property
    def service(self) -> str:
        """The prefix, in small letters; ``*`` for all, empty when it is not known."""
        prefix = self.pattern.partition(":")[0].lower()
        return "" if "${" in prefix else prefix

    @property
    def is_wild(self) -> bool:
        """Whether it may stand for more than one action."""
        return any(sign in self.pattern for sign in ("*", "?", "${"))

    def covers(self, name: str) -> bool:
        """Whether ``name`` (``service:Action``) is among those meant; no, as long as a part is not known."""
        return "${" not in self.pattern and (self.pattern == "*" or overlap(self.pattern.lower(), name.lower()))


@dataclass(frozen=True)
class Condition:
    """One test of a condition block: ``operator`` on ``key``."""

    operator: str
    key: str
    node: Node
    """The value or values to compare with; its path names operator and key."""

    @property
    def values(self) -> Sequence[Node]:
        """The values, any of which may meet the test."""
        return self.node.one_or_more

    @property
    def base_operator(self) -> str:
        """The operator without ``IfExists`` and the set prefixes."""
        return self.operator.rpartition(":")[2].removesuffix("IfExists")

    @property
    def restricts(self) -> bool:
        """Whether it lets pass less than everything: not when any value will do."""
        return not all(value.pattern in {"*", "**"} for value in self.values)


@dataclass(frozen=True)
class Principal:
    """Who is meant: ``kind`` is AWS, Service, Federated, CanonicalUser, or ``*`` for anyone at all."""

    kind: str
    node: Node

    @property
    def is_anyone(self) -> bool:
        """Whether it is everybody, of every account."""
        return self.node.pattern == "*" and self.kind in {"*", "AWS"}
