"""Reads a pipeline's structure as CreatePipeline does: what it refuses is refused, what it adds is added.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
"""

from collections import Counter
from collections.abc import Iterable

from local_aws.platform.request_validation import check
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codepipeline.definitions import refusals
from local_aws.services.codepipeline.definitions.refusals import check_namespaces

FEWEST_STAGES, MOST_STAGES, MOST_ACTIONS = 2, 50, 50


def check_structure(declared: object, region: str) -> Json:
    """Return the structure that is kept, or raise ``ServiceError`` with the code and the reason of the refusal.

    ``region`` is the pipeline's own.
    """
    if declared is None:
        declared = {}
    check("codepipeline", "PipelineDeclaration", declared, "pipeline")
    assert isinstance(declared, dict)  # noqa: S101 - the shape is checked one line above
    structure = _with_defaults(declared)
    _check_type(structure)
    _check_stores(structure, region)
    _check_stages(structure["stages"])
    for stage in structure["stages"]:
        for action in stage["actions"]:
            refusals.check_action(action, stage["name"])
        refusals.check_conditions(stage)
    _check_artifacts(structure["stages"])
    check_namespaces(structure["stages"])
    refusals.check_triggers(structure)
    return structure


def _with_defaults(declared: Json) -> Json:
    """Add what GetPipeline shows where nothing was said."""
    stages = [
        {
            **stage,
            "actions": [
                {
                    **action,
                    "runOrder": action.get("runOrder", 1),
                    "configuration": action.get("configuration", {}),
                    "outputArtifacts": action.get("outputArtifacts", []),
                    "inputArtifacts": action.get("inputArtifacts", []),
                }
                for action in stage["actions"]
            ],
        }
        for stage in declared["stages"]
    ]
    defaults = {"executionMode": "SUPERSEDED", "pipelineType": "V1"}
    return {**defaults, **{key: value for key, value in declared.items() if key != "version"}, "stages": stages}


def _check_type(structure: Json) -> None:
    if structure["pipelineType"] == "V2":
        return
    for member in ("triggers", "variables"):
        if structure.get(member):
            refuse_structure(f"Pipelines of type V1 can't have {member}; set pipelineType to V2")
    if structure["executionMode"] != "SUPERSEDED":
        refuse_structure(f"Pipelines of type V1 can't have execution mode {structure['executionMode']}")
    for stage in structure["stages"]:
        if any(stage.get(member) for member in ("onFailure", "onSuccess", "beforeEntry")):
            refuse_structure(f"Stage {stage['name']} has conditions, which pipelines of type V1 can't have")


def _check_stores(structure: Json, region: str) -> None:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html."""
    if ("artifactStore" in structure) == ("artifactStores" in structure):
        refuse_structure("Pipeline must have exactly one of artifactStore and artifactStores")
    stores = set(structure.get("artifactStores", [region]))
    used = {action.get("region", region) for stage in structure["stages"] for action in stage["actions"]}
    for missing in sorted({region, *used} - stores):
        refuse_structure(f"There is no artifact store in region {missing}: artifactStores needs one for each region")


def _check_stages(stages: list[Json]) -> None:
    if not FEWEST_STAGES <= len(stages) <= MOST_STAGES:
        refuse_structure(
            f"Pipeline has {len(stages)} stage(s). There should be a minimum of {FEWEST_STAGES} stages in pipeline"
            if len(stages) < FEWEST_STAGES
            else f"Pipeline has {len(stages)} stage(s). There should be a maximum of {MOST_STAGES} stages in pipeline"
        )
    for name in _doubled(stage["name"] for stage in stages):
        refuse_structure(f"Stage name {name} appears more than once in the pipeline: stage names must be unique")
    for position, stage in enumerate(stages):
        if not 1 <= len(stage["actions"]) <= MOST_ACTIONS:
            message = f"Stage {stage['name']} has {len(stage['actions'])} actions; 1 to {MOST_ACTIONS} are allowed"
            raise ServiceError("InvalidStageDeclarationException", message)
        for name in _doubled(action["name"] for action in stage["actions"]):
            message = f"Action name {name} appears more than once in stage {stage['name']}: it must be unique"
            raise ServiceError("InvalidStageDeclarationException", message)
        sources = [action["actionTypeId"]["category"] == "Source" for action in stage["actions"]]
        if position == 0 and not all(sources):
            refuse_structure("Pipeline should start with a stage that only contains source actions")
        if position > 0 and any(sources):
            refuse_structure("Source actions are only allowed in the first stage of the pipeline")
        if position == 0 and (stage.get("onFailure") or {}).get("result") == "ROLLBACK":
            refuse_structure(f"Stage {stage['name']} is the source stage, which can't be rolled back on failure")


def _check_artifacts(stages: list[Json]) -> None:
    """Check that each artifact is made once, and before it is used."""
    made: set[str] = set()
    for stage in stages:
        for run_order in sorted({action["runOrder"] for action in stage["actions"]}):
            running = [action for action in stage["actions"] if action["runOrder"] == run_order]
            for action in running:
                for artifact in action["inputArtifacts"]:
                    if artifact["name"] not in made:
                        message = (
                            f"Input Artifact Bundle {artifact['name']} in action {action['name']} is not declared as "
                            "Output Artifact Bundle in any of the preceding actions"
                        )
                        raise ServiceError("InvalidActionDeclarationException", message)
            for action in running:
                for artifact in action["outputArtifacts"]:
                    if artifact["name"] in made:
                        message = f"Output Artifact Bundle name must be unique within the pipeline. {artifact['name']} "
                        refuse_structure(message + "has been used more than once")
                    made.add(artifact["name"])


def _doubled(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def refuse_structure(message: str) -> None:
    """Raise the error that stands for a structure as a whole."""
    raise ServiceError("InvalidStructureException", message)
