"""What all rules of the pack have in common."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Generic, TypeVar

from cfnlint.rules._rule import CloudFormationLintRule
from cfnlint.rules._rule import RuleMatch as Fault
from cfnlint.template.template import Template

from lint_rules.model.node import Node
from lint_rules.model.template import Resource, View, views
from lint_rules.model.wording import BY_DEFAULT, UNDER_ONE, sentence_and_remedy

Part = TypeVar("Part")


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
        found: dict[tuple[tuple[str | int, ...], str], list[Fault]] = {}
        seen = views(cfn, *self.types)
        for view in seen:
            for key, one in {(tuple(one.path), one.message): one for one in self.faults(view)}.items():
                found.setdefault(key, []).append(one)
        told = [_told(alike, seen) for alike in found.values()]
        if told and any("Default" in one for one in seen[0].parameters.values() if isinstance(one, dict)):
            sure = {tuple(one.path) for view in seen for one in self.faults(view.without_defaults())}
            told = [one if tuple(one.path) in sure else _ending(one, BY_DEFAULT) for one in told]
        return told


class EachRule(Rule, Generic[Part]):
    """A rule about each of the ``parts`` of a template, such as each pipeline."""

    def parts(self, template: View) -> Iterable[Part]:
        """Return what is looked at; nothing in a class that is no rule itself."""
        del template
        return ()

    def faults(self, template: View) -> Iterator[Fault]:
        """Return what is wrong with any of the parts."""
        for part in self.parts(template):
            yield from self.faults_of(part)

    def faults_of(self, part: Part, /) -> Iterator[Fault]:
        """Return what is wrong with one of them."""
        del part
        return iter(())


class ResourceRule(EachRule[Resource]):
    """A rule about each resource of ``types``."""

    def parts(self, template: View) -> Iterable[Resource]:
        """Return these resources."""
        return template.resources(*self.types)


def _told(alike: Sequence[Fault], seen: Sequence[View]) -> Fault:
    """Return the first of ``alike``, which says so if its resource can be made without the fault."""
    one = alike[0]
    made = sum(str(one.path[1]) in view.all_resources for view in seen) if len(one.path) > 1 else len(seen)
    if len(alike) < made:
        return _ending(one, UNDER_ONE)
    return one


def _ending(one: Fault, words: str) -> Fault:
    sentence, remedy = sentence_and_remedy(one.message)
    one.message = f"{sentence.rstrip('.')}{words}. {remedy}".rstrip()
    return one


def fault(node: Node, sentence: str) -> Fault:
    """Say ``sentence`` (what is wrong, then the remedy) of the value at ``node``."""
    return Fault(list(node.path), sentence)


__all__ = ["EachRule", "Fault", "ResourceRule", "Rule", "fault"]
