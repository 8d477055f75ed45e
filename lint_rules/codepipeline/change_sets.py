"""Actions of CloudFormation that make a change set, and those that execute one."""

from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.structure import PIPELINE, Action, Pipeline, PipelineRule, literal, pipelines
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

MAKES, EXECUTES = "CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE"
BY_THEMSELVES = {"Build", "Test", "Invoke", "Compute"}
"""Categories whose actions may make or execute change sets by commands or code of their own."""


class ChangeSetOfNobody(Rule):
    id = "W9157"
    shortdesc = "A change set that is executed is made by an action before"
    description = (
        "An action that executes a change set fails with ChangeSetNotFound where none of that name is there. Stack and "
        "change set have to be named alike by the action that makes it, CHANGE_SET_REPLACE, and the one that executes "
        "it."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            for action in _alone(pipeline, EXECUTES, MAKES):
                sentence = f"{action.name} executes a change set that no action of the pipeline makes."
                yield fault(
                    action.configuration["ChangeSetName"],
                    f"{sentence} Let an action before make it, with the same StackName and ChangeSetName.",
                )


class ChangeSetForNobody(Rule):
    id = "I9158"
    shortdesc = "A change set that is made is executed by an action after"
    description = (
        "CHANGE_SET_REPLACE changes nothing by itself: the stack stays as it is until the change set is executed. "
        "Where that is no person's task, an action with CHANGE_SET_EXECUTE is missing."
    )
    source_url = ChangeSetOfNobody.source_url
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            for action in _alone(pipeline, MAKES, EXECUTES):
                sentence = f"{action.name} makes a change set that no action of the pipeline executes."
                yield fault(action.configuration["ChangeSetName"], f"{sentence} Add one with CHANGE_SET_EXECUTE.")


def _alone(pipeline: Pipeline, mode: str, other: str) -> Sequence[Action]:
    """Return the actions of ``mode`` whose change set none of mode ``other`` can be about."""
    if not pipeline.whole or any(literal(one.type_id["Category"]) in BY_THEMSELVES for one in pipeline.actions):
        return []
    others = [_names(one) for one in pipeline.actions if _mode(one) in {other, None}]
    mine = [one for one in pipeline.actions if _mode(one) == mode]
    return [one for one in mine if not any(_may_be_same(_names(one), names) for names in others)]


def _mode(action: Action) -> str | None:
    """Return the mode of an action; None where a parameter decides it."""
    return action.configuration["ActionMode"].text if action.provider == "CloudFormation" else ""


def _names(action: Action) -> Sequence[str]:
    return [action.configuration[name].pattern or "${?}" for name in ("StackName", "ChangeSetName")]


def _may_be_same(one: Sequence[str], other: Sequence[str]) -> bool:
    return all(a == b or "${" in a + b or "#{" in a + b for a, b in zip(one, other, strict=True))


class ChangeSetOrder(PipelineRule):
    id = "E9155"
    shortdesc = "A change set is executed after it is made"
    description = (
        "Actions of the same RunOrder begin together. An action that executes a change set fails when the action that "
        "makes it runs beside it or later: ChangeSet does not exist."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        made = [one for one in pipeline.actions if _mode(one) == MAKES]
        for action in pipeline.actions:
            makers = [one for one in made if _names(one) == _names(action)]
            if _mode(action) == EXECUTES and _comes_too_early(action, makers):
                yield fault(
                    action["RunOrder"],
                    f"{action.name} executes the change set that {makers[0].name} makes, which has not ended by "
                    f"then. Let {action.name} run later.",
                )


def _comes_too_early(action: Action, makers: Sequence[Action]) -> bool:
    return bool(makers) and all(one.runs_before(action) is False for one in makers)
