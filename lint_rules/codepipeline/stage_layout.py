"""Stages and their actions: names, order, time."""

import re
from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.structure import CONDITIONS, Action, ActionRule, Pipeline, PipelineRule, is_list
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

NARROW, SIGN, WIDE = re.compile("[A-Za-z0-9_-]"), re.compile("[A-Za-z0-9@_-]"), re.compile("[A-Za-z0-9.@_-]")
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")


class Names(PipelineRule):
    id = "E9114"
    shortdesc = (
        "Names of pipelines, stages, artifacts, namespaces, variables and rules must have allowed characters only"
    )
    description = (
        "CreatePipeline refuses names with spaces or other characters than letters, digits, hyphens, underscores "
        "and, for some, dots and at signs, and names of more than 100 characters (128 for variables). Action "
        "names are left to cfn-lint."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        yield from _misnamed([pipeline["Name"]], "pipeline", WIDE)
        yield from _misnamed([stage.node["Name"] for stage in pipeline.stages], "stage", WIDE)
        yield from _misnamed([name for action in pipeline.actions for name in action.outputs], "artifact", NARROW)
        yield from _misnamed([action["Namespace"] for action in pipeline.actions], "namespace", SIGN)
        yield from _misnamed([one["Name"] for one in pipeline["Variables"].items], "variable", SIGN, 128)
        yield from _misnamed([rule["Name"] for stage in pipeline.stages for _kind, rule in stage.rules], "rule", WIDE)


def _misnamed(names: Sequence[Node], what: str, characters: re.Pattern[str], longest: int = 100) -> Iterator[Fault]:
    for name in names:
        known = _UNKNOWN.sub("", name.pattern or "")
        others = sorted(set(characters.sub("", known)))
        if others:
            shown = ", ".join(repr(one) for one in others)
            allowed = "letters, digits and " + " ".join(characters.pattern.removeprefix("[A-Za-z0-9").removesuffix("]"))
            yield fault(name, f"The {what} name {name.pattern} has {shown}. Allowed: {allowed}.")
        elif len(known) > longest:
            yield fault(
                name, f"The {what} name has {len(known)} characters. At most {longest} are allowed; shorten it."
            )
        elif name.value == "":
            yield fault(name, f"The {what} name is empty. Give it 1 to {longest} characters.")


class SourceStage(PipelineRule):
    id = "E9128"
    shortdesc = "The first stage must have no OnFailure, OnSuccess and BeforeEntry"
    description = (
        "A source stage cannot be rolled back or retried by itself, and takes no conditions. CreatePipeline "
        "refuses them."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages[:1] if is_list(pipeline["Stages"]) else ():
            for kind in CONDITIONS:
                if stage.node[kind].present:
                    yield fault(
                        stage.node[kind], f"{stage.name} is the source stage, which takes no {kind}. Take it out."
                    )


LAST = 999


class RunOrder(ActionRule):
    id = "E9119"
    shortdesc = "RunOrder must be a whole number from 1 to 999"
    description = "CreatePipeline refuses a RunOrder below 1 or above 999."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-requirements.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        order = action["RunOrder"]
        if order.number is not None and not 1 <= order.number <= LAST:
            yield fault(order, f"RunOrder is {order.number}. Set it to a whole number from 1 to {LAST}.")


SHORTEST, LONGEST = 5, 86400
ADVICE = "Take it out; a build's limit is set on its project."


class ActionTimeout(ActionRule):
    id = "E9120"
    shortdesc = "TimeoutInMinutes is for manual approvals, from 5 to 86400"
    description = (
        "Only manual approvals can have a time limit of their own: 5 minutes to 60 days. CreatePipeline refuses "
        "it on any other action."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        timeout = action["TimeoutInMinutes"]
        if timeout.present and action.kind and action.provider != "Manual":
            yield fault(
                timeout, f"{action.provider} takes no TimeoutInMinutes, which is for manual approvals. {ADVICE}"
            )
        elif timeout.number is not None and not SHORTEST <= timeout.number <= LONGEST:
            yield fault(timeout, f"TimeoutInMinutes is {timeout.number}. Set it to {SHORTEST} to {LONGEST}.")


class TransitionStage(PipelineRule):
    id = "E9140"
    shortdesc = "A disabled transition must name a stage of the pipeline"
    description = "A pipeline whose DisableInboundStageTransitions names a stage that it does not have cannot be made."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        names = [stage.node["Name"].text for stage in pipeline.stages]
        if pipeline.whole and None not in names:
            for transition in pipeline["DisableInboundStageTransitions"].items:
                name = transition["StageName"]
                if name.text is not None and name.text not in names:
                    known = ", ".join(name for name in names if name)
                    yield fault(name, f"There is no stage {name.text}. The pipeline has: {known}.")
