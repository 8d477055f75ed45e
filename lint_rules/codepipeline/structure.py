"""A pipeline as its rules read it: its stages and actions, with what each is, consumes and makes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from aws_facts.codepipeline import Kind, action_type
from lint_rules.model.node import Node
from lint_rules.model.rule import EachRule
from lint_rules.model.template import Resource, View, once_a_view

PIPELINE = "AWS::CodePipeline::Pipeline"
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")
CONDITIONS = ("BeforeEntry", "OnSuccess", "OnFailure")


class Action:
    """An action; ``stage`` is its stage's number, from 0."""

    def __init__(self, node: Node, stage: int) -> None:
        self.node = node
        self.stage = stage

    def __getitem__(self, name: str) -> Node:
        """Return a property; absent where it is not given."""
        return self.node[name]

    @cached_property
    def name(self) -> str:
        """The name as far as it is known, for messages."""
        return self.node["Name"].pattern or "?"

    @cached_property
    def type_id(self) -> Node:
        """Category, owner, provider and version."""
        return self.node["ActionTypeId"]

    @cached_property
    def provider(self) -> str:
        """The provider; empty if it is not known."""
        return literal(self.type_id["Provider"]) or ""

    @cached_property
    def kind(self) -> Kind:
        """What is known of its type; empty for an unknown type."""
        return action_type(*(literal(self.type_id[part]) or "?" for part in ("Category", "Owner", "Provider")))

    @cached_property
    def configuration(self) -> Node:
        """What the provider is told."""
        return self.node["Configuration"]

    @cached_property
    def inputs(self) -> Sequence[Node]:
        """The names of the artifacts that it consumes."""
        return [item["Name"] for item in self.node["InputArtifacts"].items]

    @cached_property
    def outputs(self) -> Sequence[Node]:
        """The names of the artifacts that it makes."""
        return [item["Name"] for item in self.node["OutputArtifacts"].items]

    @cached_property
    def run_order(self) -> int | None:
        """When it runs within its stage; None if that is not known."""
        order = self.node["RunOrder"]
        return 1 if order.absent else order.number

    def runs_before(self, other: "Action") -> bool | None:
        """Return whether it has ended when ``other`` begins; None if that is not known."""
        if self.stage != other.stage:
            return self.stage < other.stage
        if self.run_order is None or other.run_order is None:
            return None
        return self.run_order < other.run_order


class Stage:
    """A stage; ``number`` counts from 0."""

    def __init__(self, node: Node, number: int) -> None:
        self.node = node
        self.number = number
        self.actions = [Action(item, number) for item in node["Actions"].items]

    @cached_property
    def name(self) -> str:
        """The name as far as it is known, for messages."""
        return self.node["Name"].pattern or "?"

    @cached_property
    def conditions(self) -> Sequence[tuple[str, Node]]:
        """Its conditions, each with its kind (``BeforeEntry``, ...)."""
        return [(kind, item) for kind in CONDITIONS for item in self.node[kind]["Conditions"].items]

    @cached_property
    def rules(self) -> Sequence[tuple[str, Node]]:
        """The rules of its conditions, each with the kind of its condition."""
        return [(kind, rule) for kind, condition in self.conditions for rule in condition["Rules"].items]


class Pipeline:
    """A pipeline."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.stages = [Stage(item, number) for number, item in enumerate(resource["Stages"].items)]
        self.actions = [action for stage in self.stages for action in stage.actions]

    def __getitem__(self, name: str) -> Node:
        """Return a property; absent where it is not given."""
        return self.resource[name]

    @cached_property
    def whole(self) -> bool:
        """Whether every stage and action is known: nothing can come from a function or an include."""
        lists = [self["Stages"], *(stage.node["Actions"] for stage in self.stages)]
        items = [*(stage.node for stage in self.stages), *(action.node for action in self.actions)]
        return all(is_list(one) for one in lists) and all(is_plain(one) for one in items)

    @cached_property
    def of_first_type(self) -> bool:
        """Whether it is surely of type V1; one that leaves it open becomes V2 where it needs to be."""
        return self["PipelineType"].text == "V1"


@once_a_view
def pipelines(template: View) -> Sequence[Pipeline]:
    """Return the pipelines of a template."""
    return [Pipeline(resource) for resource in template.resources(PIPELINE)]


def actions(template: View) -> Iterator[Action]:
    """Return the actions of every pipeline of a template."""
    for pipeline in pipelines(template):
        yield from pipeline.actions


class PipelineRule(EachRule[Pipeline]):
    """A rule about each pipeline."""

    types = (PIPELINE,)

    def parts(self, template: View) -> Sequence[Pipeline]:
        return pipelines(template)


class ActionRule(EachRule[Action]):
    """A rule about each action of each pipeline."""

    types = (PIPELINE,)

    def parts(self, template: View) -> Iterator[Action]:
        return actions(template)


def is_list(node: Node) -> bool:
    """Return whether all items of a list are known to be there or not."""
    return isinstance(node.value, list) and all(item.function not in {"Fn::If", "Fn::Transform"} for item in node.items)


def is_plain(node: Node) -> bool:
    """Return whether a mapping stands there that no function and no include makes or adds to."""
    return isinstance(node.value, Mapping) and not node.function and "Fn::Transform" not in node.value


def literal(node: Node) -> str | None:
    """Return a text that stands in the template; None for a parameter's default, which its user may change."""
    return None if node.function else node.text


def count(node: Node) -> int | None:
    """Return the number of items of a list, 0 where there is none; None if that is not known."""
    if node.absent:
        return 0
    return len(node.items) if is_list(node) else None


def could_be(text: str, pattern: str) -> bool:
    """Return whether ``pattern``, with ``${...}`` for what is not known, can turn out as ``text``."""
    if not _UNKNOWN.search(pattern):
        return text == pattern
    first, *between, last = _UNKNOWN.split(pattern)
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    position, end = len(first), len(text) - len(last)
    for part in between:  # the first place of each leaves most room for those after it
        position = text.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True
