from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.references import OF_EXECUTION, namespaces, references
from lint_rules.codepipeline.structure import PIPELINE, Action, count
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class VariableGiven(Rule):
    """References to variables that the action of the namespace does not give."""

    id = "E9118"
    shortdesc = "A variable must be one that the action of its namespace sets"
    description = (
        "Most action types return a fixed set of variables, and a Commands action those in its OutputVariables. A "
        "reference to another cannot be resolved, and the action that refers to it fails in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline, found in references(template).items():
            known = namespaces(pipeline) or {}
            for one in found:
                given: Sequence[str] | None = None
                if one.namespace == OF_EXECUTION:
                    given = ("PipelineExecutionId",)
                elif one.namespace in known:
                    given = _given(known[one.namespace])
                if given is not None and one.variable not in given:
                    advice = (
                        f"It sets: {', '.join(given)}." if given else "Add it to the OutputVariables of its action."
                    )
                    yield fault(one.node, f"{one}: {one.namespace} has no variable {one.variable}. {advice}")


def _given(action: Action) -> Sequence[str] | None:
    """Return the names of an action's variables; None if they are not known."""
    if action.provider == "Commands" and action.kind:
        names = [item.text for item in action["OutputVariables"].items]
        known = [name for name in names if name is not None]
        return known if len(known) == count(action["OutputVariables"]) else None
    given: Sequence[str] | None = action.kind.get("variables")
    return given
