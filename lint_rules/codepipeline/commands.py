from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule, count
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

MOST, LONGEST = 50, 1000


class Commands(PipelineRule):
    id = "E9135"
    shortdesc = "A Commands action or rule must have 1 to 50 commands of one line, and no other may have any"
    description = (
        "CreatePipeline refuses a Commands action or rule without commands or with more than 50, and commands on "
        "another action. A command of several lines is not supported."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Commands.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for action in pipeline.actions:
            yield from _misused(action.node, action.type_id)
        for stage in pipeline.stages:
            for _kind, rule in stage.rules:
                yield from _misused(rule, rule["RuleTypeId"])


def _misused(node: Node, type_id: Node) -> Iterator[Fault]:
    commands, provider = node["Commands"], type_id["Provider"].text
    number = count(commands)
    if provider is not None and provider != "Commands":
        if commands.present and type_id["Owner"].text in {"AWS", None}:
            yield fault(commands, f"{provider} runs no Commands. Take them out, or set Provider to Commands.")
    elif provider is not None and number is not None and not 1 <= number <= MOST:
        yield fault(commands if commands.present else node, f"There are {number} commands. Give it 1 to {MOST}.")
    elif provider is not None:
        for command in commands.items:
            if "\n" in (command.text or "").strip():
                yield fault(command, "A command has several lines, which is not supported. Give each line by itself.")
            elif not 1 <= len(command.text or "?") <= LONGEST:
                yield fault(command, f"A command has 1 to {LONGEST} characters. Put a longer one into a script.")
