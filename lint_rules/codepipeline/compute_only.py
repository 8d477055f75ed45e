"""E9136."""

from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, Action, actions, count
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

INSTEAD = {
    "OutputVariables": "Take it out",
    "EnvironmentVariables": "Take it out; a CodeBuild action has them as JSON in its Configuration",
    "Files": "Take it out; a build lists the files in its buildspec",
}


class ComputeOnly(Rule):
    """What only managed compute takes on other actions, or too much of it."""

    id = "E9136"
    shortdesc = "OutputVariables, EnvironmentVariables and Files are for actions that run commands in managed compute"
    description = (
        "OutputVariables and the Files of an output artifact belong to Commands actions, EnvironmentVariables to "
        "actions in compute of CodePipeline's own. CreatePipeline refuses them elsewhere, and more than 15 "
        "variables, 10 environment variables or 10 files."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for action in actions(template):
            if action.kind:
                commands = action.provider == "Commands"
                yield from _misplaced(action, action["OutputVariables"], commands, 15)
                yield from _misplaced(action, action["EnvironmentVariables"], "managed_compute" in action.kind, 10)
                for artifact in action["OutputArtifacts"].items:
                    yield from _misplaced(action, artifact["Files"], commands, 10)


def _misplaced(action: Action, node: Node, taken: bool, most: int) -> Iterator[Fault]:  # noqa: FBT001 - a fact
    number = count(node)
    if node.present and not taken:
        name = str(node.path[-1])
        yield fault(node, f"{action.provider} takes no {name}. {INSTEAD.get(name, 'Take it out')}.")
    elif node.present and number is not None and not 1 <= number <= most:
        yield fault(node, f"There are {number}. Allowed: 1 to {most}.")
