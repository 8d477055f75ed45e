"""What all rules of the pack have in common."""

from collections.abc import Iterator
from typing import ClassVar

from cfnlint.rules._rule import CloudFormationLintRule
from cfnlint.rules._rule import RuleMatch as Fault
from cfnlint.template.template import Template

from lint_rules.model.node import Node
from lint_rules.model.template import View, views


class Rule(CloudFormationLintRule):
    """A rule about resources of ``types``; what it finds in any outcome of the conditions is told once."""

    types: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.tags = sorted({kind.split("::")[1].lower() for kind in self.types})

    def faults(self, template: View) -> Iterator[Fault]:
        """Return what is wrong under one outcome of the conditions; nothing in a class that is no rule itself."""
        del template  # cfn-lint makes one of each class that a file knows, of this one too
        return iter(())

    def match(self, cfn: Template) -> list[Fault]:
        """Return what is wrong; cfn-lint's door."""
        found: dict[tuple[tuple[str | int, ...], str], Fault] = {}
        for view in views(cfn, *self.types):
            for one in self.faults(view):
                found.setdefault((tuple(one.path), one.message), one)
        return list(found.values())


def fault(node: Node, sentence: str) -> Fault:
    """Say ``sentence`` (what is wrong, then the remedy) of the value at ``node``."""
    return Fault(list(node.path), sentence)


__all__ = ["Fault", "Rule", "fault"]
