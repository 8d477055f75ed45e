from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule, count
from lint_rules.model.rule import Fault, fault


class ArtifactCount(ActionRule):
    """Numbers of artifacts that an action type does not take."""

    id = "E9110"
    shortdesc = "An action must have as many input and output artifacts as its type takes"
    description = (
        "CreatePipeline refuses an action with fewer or more artifacts than its type takes. Types whose artifacts "
        "cfn-lint counts itself (E3702) are left to it."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if action.kind and not action.kind.get("counted_by_cfn_lint"):
            yield from _miscounted(action, "InputArtifacts", "inputs")
            yield from _miscounted(action, "OutputArtifacts", "outputs")


def _miscounted(action: Action, name: str, fact: str) -> Iterator[Fault]:
    number = count(action[name])
    fewest, most = action.kind[fact]
    if number is not None and not fewest <= number <= most:
        allowed = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        at = action[name] if action[name].present else action.node
        remedy = f"Give it {allowed}" if most else "Take them out"
        yield fault(at, f"{action.provider} takes {allowed} {name}, and there are {number}. {remedy}.")
