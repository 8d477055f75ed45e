"""What is wrong with a pipeline's structure: everything at once, as findings with a remedy. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.pipelines.planning import actions, conditions, triggers
from local_aws.pipelines.planning.fault import Fault
from local_aws.pipelines.planning.members import unknown_members
from local_aws.pipelines.planning.plan import PipelinePlan, read_plan
from local_aws.pipelines.scheduling import MODES, SUPERSEDED
from reporting.findings import Finding, Severity

MINIMUM_STAGES = 2
SOURCE = "Source"


def findings(structure: Mapping[str, Any]) -> list[Finding]:
    """Judge a structure in botocore's shape of a PipelineDeclaration; an empty list: it can be run.

    Each finding is an error: https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html.
    """
    plan = read_plan(structure)
    everything = [
        *_members(structure),
        *_pipeline(plan, structure),
        *_stages(plan),
        *actions.findings(plan),
        *conditions.findings(plan),
        *triggers.findings(plan, structure),
    ]
    return [
        Finding(plan.name, 0, 0, each.id, Severity.ERROR, each.sentence, each.remedy, each.place) for each in everything
    ]


def _members(structure: Mapping[str, Any]) -> Iterator[Fault]:
    for place, name, allowed in unknown_members(structure):
        yield Fault("CP001", place, f"Unknown member {name!r}.", f"Allowed here: {', '.join(allowed)}.")
    for stage in structure["stages"]:
        for action in stage["actions"]:
            for name in ("commands", "outputVariables", "environmentVariables"):
                if name in action:
                    place = f"stages/{stage['name']}/actions/{action['name']}"
                    yield Fault(
                        "CP002", place, f"{name} belongs to Compute actions, and none is run here.", "Take it out."
                    )


def _pipeline(plan: PipelinePlan, structure: Mapping[str, Any]) -> Iterator[Fault]:
    if plan.mode not in MODES:
        yield Fault("CP003", "executionMode", f"Unknown execution mode {plan.mode!r}.", f"Allowed: {', '.join(MODES)}.")
    if plan.type == "V1" and (plan.mode != SUPERSEDED or plan.variables or structure.get("triggers")):
        yield Fault(
            "CP004", "pipelineType", "Execution modes, variables and triggers need pipeline type V2.", "Say V2."
        )
    if "artifactStores" in structure and len(structure["artifactStores"]) != 1:
        yield Fault("CP005", "artifactStores", "Actions in other regions are not run here.", "Give one artifactStore.")
    elif not plan.bucket:
        yield Fault("CP005", "artifactStore", "There is no artifact bucket.", "Give an artifactStore of type S3.")


def _stages(plan: PipelinePlan) -> Iterator[Fault]:
    if len(plan.stages) < MINIMUM_STAGES:
        yield Fault("CP010", "stages", f"There are {len(plan.stages)} stages.", "A pipeline has at least two.")
    seen: set[str] = set()
    for index, stage in enumerate(plan.stages):
        place = f"stages/{stage.name}"
        if stage.name in seen:
            yield Fault("CP011", place, f"Two stages are named {stage.name!r}.", "Give each its own name.")
        seen.add(stage.name)
        sources = [action.name for action in stage.actions if action.type.category == SOURCE]
        if index == 0 and len(sources) != len(stage.actions):
            yield Fault(
                "CP012", place, "The first stage may have source actions only.", "Move the others to a later stage."
            )
        if index > 0 and sources:
            yield Fault(
                "CP013", place, f"Source action {sources[0]} stands in a later stage.", "Move it to the first stage."
            )
        if not stage.actions:
            yield Fault("CP014", place, "The stage has no action.", "Give it at least one.")
