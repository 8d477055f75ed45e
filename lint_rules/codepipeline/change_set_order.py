from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.structure import Action, Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class ChangeSetOrder(PipelineRule):
    """Change sets that are executed while, or before, they are made."""

    id = "E9155"
    shortdesc = "A change set is executed after it is made"
    description = (
        "Actions of the same RunOrder begin together. An action that executes a change set fails when the action that "
        "makes it runs beside it or later: ChangeSet does not exist."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        made = [one for one in pipeline.actions if _mode(one) == "CHANGE_SET_REPLACE"]
        for action in pipeline.actions:
            makers = [one for one in made if _names(one) == _names(action)]
            if _mode(action) == "CHANGE_SET_EXECUTE" and _comes_too_early(action, makers):
                yield fault(
                    action["RunOrder"],
                    f"{action.name} executes the change set that {makers[0].name} makes, which has not ended by "
                    f"then. Let {action.name} run later.",
                )


def _mode(action: Action) -> str:
    return (action.configuration["ActionMode"].text or "") if action.provider == "CloudFormation" else ""


def _names(action: Action) -> tuple[str | None, ...]:
    return tuple(action.configuration[name].pattern for name in ("StackName", "ChangeSetName"))


def _comes_too_early(action: Action, makers: Sequence[Action]) -> bool:
    return bool(makers) and all(one.runs_before(action) is False for one in makers)
