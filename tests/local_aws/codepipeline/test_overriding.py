"""OverrideStageCondition: who waits for a condition goes on, and who failed by one, and nobody else."""

from pathlib import Path

import pytest

from local_aws.platform.service import ServiceError
from local_aws.services.codepipeline.engine.ports import RuleContext, RuleResult
from tests.local_aws.codepipeline.harness import World, action, condition, pipeline, stage, variable_check

BUILD = stage("Build", action("bake", outputs=["imageDefinition"]))
BAD = variable_check("#{SourceVariables.CommitId}", "tea")
AT_ENTRY, ON_SUCCESS = ("beforeEntry", "BEFORE_ENTRY"), ("onSuccess", "ON_SUCCESS")


def waiting(context: RuleContext) -> RuleResult:
    """Wait until nobody wants the verdict any more."""
    context.cancelled.wait()
    return RuleResult(passed=False, summary="")


def deploy(kind: str, result: str = "FAIL") -> dict[str, object]:
    rules = condition(kind, result, BAD)
    return stage("Deploy", action("Deploy", "deploy", inputs=["imageDefinition"]), **rules)


def override(world: World, execution: str, kind: str, stage_name: str = "Deploy") -> None:
    answer = world.of_pipeline(
        "OverrideStageCondition", stageName=stage_name, pipelineExecutionId=execution, conditionType=kind
    )
    assert answer == {}


@pytest.mark.parametrize(("kind", "told"), [AT_ENTRY, ON_SUCCESS])
def test_who_waits_for_a_condition_goes_on(tmp_path: Path, kind: str, told: str) -> None:
    with World(tmp_path, pipeline(BUILD, deploy(kind)), rules={"VariableCheck": waiting}) as world:
        execution = world.start()
        world.until(lambda: world.execution(execution).stages[2].conditions)
        override(world, execution, told)
        assert world.ended(execution) == "Succeeded"
        assert world.attempts("Deploy") == 1
        state = world.state("Deploy")[f"{kind}ConditionState"]["latestExecution"]
        assert state["status"] == "Overridden"
        assert state["summary"].endswith("user/ada.")


@pytest.mark.parametrize(("kind", "told"), [AT_ENTRY, ON_SUCCESS])
def test_who_failed_by_a_condition_goes_on(tmp_path: Path, kind: str, told: str) -> None:
    with World(tmp_path, pipeline(BUILD, deploy(kind))) as world:
        execution = world.start()
        assert world.ended(execution) == "Failed"
        override(world, execution, told)
        assert world.ended(execution) == "Succeeded"
        assert world.attempts("Deploy") == 1


def test_nothing_else_is_overridden(tmp_path: Path) -> None:
    structure = pipeline(BUILD, deploy("beforeEntry"), stage("After", action("more", "build")))
    with World(tmp_path, structure) as world:
        first, latest = world.start(), world.start()
        world.ended(first)
        world.ended(latest)
        for execution, stage_name, kind, code in (
            (first, "Deploy", "BEFORE_ENTRY", "NotLatestPipelineExecutionException"),
            (latest, "Nowhere", "BEFORE_ENTRY", "StageNotFoundException"),
            (latest, "Deploy", "ON_SUCCESS", "ConditionNotOverridableException"),
            (latest, "Build", "BEFORE_ENTRY", "ConditionNotOverridableException"),
        ):
            with pytest.raises(ServiceError) as refused:
                override(world, execution, kind, stage_name)
            assert refused.value.code == code
        override(world, latest, "BEFORE_ENTRY")
        world.ended(latest)
        with pytest.raises(ServiceError, match="it is Overridden"):
            override(world, latest, "BEFORE_ENTRY")


def test_a_condition_that_skips_is_not_overridden(tmp_path: Path) -> None:
    with World(tmp_path, pipeline(BUILD, deploy("beforeEntry", "SKIP"))) as world:
        execution = world.start()
        assert world.ended(execution) == "Succeeded"
        with pytest.raises(ServiceError, match="its result is SKIP"):
            override(world, execution, "BEFORE_ENTRY")
