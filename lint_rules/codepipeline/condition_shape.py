from collections.abc import Iterator

from lint_rules.codepipeline.structure import CONDITIONS, Pipeline, PipelineRule, count, is_plain
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

MOST_RULES = 5


class ConditionShape(PipelineRule):
    """Conditions without rules, or with too many."""

    id = "E9130"
    shortdesc = "A kind of condition takes one condition, with one to five named rules"
    description = (
        "CreatePipeline takes exactly one condition in BeforeEntry, OnSuccess and OnFailure, with one to five "
        "rules, each with a name and a type."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            for kind in CONDITIONS:
                yield from _misshaped(stage.node[kind], kind)


def _misshaped(node: Node, kind: str) -> Iterator[Fault]:
    conditions = node["Conditions"]
    number = count(conditions)
    if is_plain(node) and conditions.absent and node["Result"].absent:
        yield fault(node, f"{kind} says nothing. Give it one condition.")
    elif conditions.present and number not in {1, None}:
        yield fault(conditions, f"{kind} has {number} conditions, and one is allowed. Put their rules together.")
    for condition in conditions.items:
        yield from _miscounted(condition)


def _miscounted(condition: Node) -> Iterator[Fault]:
    number = count(condition["Rules"])
    if is_plain(condition) and number is not None and not 1 <= number <= MOST_RULES:
        at = condition["Rules"] if condition["Rules"].present else condition
        yield fault(at, f"The condition has {number} rules. Give it 1 to {MOST_RULES}.")
    for rule in condition["Rules"].items:
        for name in ("Name", "RuleTypeId"):
            if is_plain(rule) and rule[name].absent:
                yield fault(rule, f"A rule has no {name}. Add it.")
