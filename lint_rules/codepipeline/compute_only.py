from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule, count
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

INSTEAD = {
    "OutputVariables": "Take it out",
    "EnvironmentVariables": "Take it out; a CodeBuild action has them as JSON in its Configuration",
    "Files": "Take it out; a build lists the files in its buildspec",
}


class ComputeOnly(ActionRule):
    """What only managed compute takes on other actions, or too much of it."""

    id = "E9136"
    shortdesc = "OutputVariables, EnvironmentVariables and Files are for actions that run commands in managed compute"
    description = (
        "OutputVariables and the Files of an output artifact belong to Commands actions, EnvironmentVariables to "
        "actions in compute of CodePipeline's own. CreatePipeline refuses them elsewhere, and more than 15 "
        "variables, 10 environment variables or 10 files."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        for name, node, most in _members(action):
            number = count(node)
            if node.present and not _takes(action, name):
                yield fault(node, f"{action.provider} takes no {name}. {INSTEAD[name]}.")
            elif node.present and number is not None and not 1 <= number <= most:
                yield fault(node, f"There are {number} {name}. Allowed: 1 to {most}.")


def _members(action: Action) -> Iterator[tuple[str, Node, int]]:
    """Return what belongs to managed compute, each with the most that there may be."""
    yield "OutputVariables", action["OutputVariables"], 15
    yield "EnvironmentVariables", action["EnvironmentVariables"], 10
    for artifact in action["OutputArtifacts"].items:
        yield "Files", artifact["Files"], 10


def _takes(action: Action, name: str) -> bool:
    if name == "EnvironmentVariables":
        return not action.kind or bool(action.kind.get("managed_compute"))
    return not action.kind or action.provider == "Commands"
