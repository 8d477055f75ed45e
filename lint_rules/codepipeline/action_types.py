"""Which kind an action is: one that there is, still is, and fits the pipeline."""

from collections.abc import Iterator

from aws_facts.codepipeline import action_types
from lint_rules.codepipeline.configuration import closest
from lint_rules.codepipeline.structure import CONDITIONS, Action, ActionRule, Pipeline, PipelineRule, count, literal
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault


class ActionType(ActionRule):
    id = "E9102"
    shortdesc = "The action type must exist: category, owner, provider and version"
    description = (
        "CreatePipeline refuses an action whose category, owner, provider and version are not those of an action "
        "type. Those of AWS and of its partners have the version 1. Action types of one's own, with the owner "
        "Custom, are not judged."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-valid-providers.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        owner = action.type_id["Owner"]
        if literal(owner) in {"AWS", "ThirdParty"}:
            yield from _wrong_part(action)
            version = action.type_id["Version"]
            if action.kind and version.text not in {None, "1"}:
                yield fault(version, f"{action.provider} has no version {version.text}. Set Version to 1.")
        elif literal(owner) not in {None, "Custom"}:
            yield fault(owner, f"{owner.text} owns no action types. Allowed: AWS, ThirdParty and Custom.")


def _wrong_part(action: Action) -> Iterator[Fault]:
    category, owner = action.type_id["Category"], action.type_id["Owner"]
    if action.kind or not action.provider or literal(category) is None:
        return
    known = action_types()
    same = [one for one in known if one.provider == action.provider]
    if any(one.owner == owner.text for one in same):
        allowed = " or ".join(one.category for one in same)
        yield fault(category, f"{action.provider} is not a {category.text} action. Set Category to {allowed}.")
    elif same:
        yield fault(owner, f"{action.provider} is not owned by {owner.text}. Set Owner to {same[0].owner}.")
    elif owner.text == "AWS":
        near = closest(action.provider, sorted({one.provider for one in known if one.owner == "AWS"}))
        advice = f"Did you mean {near}?" if near else "The action structure reference lists the providers."
        yield fault(action.type_id["Provider"], f"AWS has no action provider {action.provider}. {advice}")


class EndedProvider(ActionRule):
    id = "E9103"
    shortdesc = "The service behind an action must not have ended"
    description = "An action of a service that has ended can still be declared, and fails in every execution."
    source_url = "https://docs.aws.amazon.com/opsworks/latest/userguide/stacks-eol-faqs.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if "ended" in action.kind:
            yield fault(action.type_id["Provider"], f"{action.kind['ended']}.")


class SupersededProvider(ActionRule):
    id = "W9142"
    shortdesc = "A source action must not use a provider that another has superseded"
    description = (
        "The GitHub action of version 1 keeps a personal token with access to all repositories of a person, and "
        "is not recommended by AWS; a connection is an app with access to those chosen, and can have triggers."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/update-github-action-connections.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if "superseded" in action.kind:
            provider = action.type_id["Provider"]
            yield fault(provider, f"{action.provider} is superseded. Use {action.kind['superseded']}.")


class SecondTypeOnly(PipelineRule):
    id = "E9101"
    shortdesc = "Triggers, variables, conditions, execution modes and some actions need a pipeline of type V2"
    description = (
        "CreatePipeline refuses triggers, variables, stage conditions, any execution mode but SUPERSEDED, and the "
        "newer action types on a pipeline of type V1. One without PipelineType gets the type that it needs."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        if pipeline.of_first_type:
            for name, used in _features(pipeline):
                yield fault(used, f"{name} needs a pipeline of type V2. Set PipelineType to V2.")
            for action in pipeline.actions:
                if action.kind.get("second_type"):
                    sentence = f"{action.provider} actions need a pipeline of type V2. Set PipelineType to V2."
                    yield fault(action.type_id["Provider"], sentence)


def _features(pipeline: Pipeline) -> Iterator[tuple[str, Node]]:
    for name in ("Triggers", "Variables"):
        if count(pipeline[name]) != 0:
            yield name, pipeline[name]
    mode = pipeline["ExecutionMode"]
    if mode.text is not None and mode.text != "SUPERSEDED":
        yield "ExecutionMode", mode
    for stage in pipeline.stages:
        for name in CONDITIONS:
            if stage.node[name].present:
                yield name, stage.node[name]


INSTEAD = {
    "OutputVariables": "Take it out",
    "EnvironmentVariables": "Take it out; a CodeBuild action has them as JSON in its Configuration",
    "Files": "Take it out; a build lists the files in its buildspec",
}


class ComputeOnly(ActionRule):
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
