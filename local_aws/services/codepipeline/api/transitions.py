"""EnableStageTransition and DisableStageTransition."""

from local_aws.platform.service import Caller, Json, ServiceError
from local_aws.services.codepipeline.api.lookups import read, stage_of
from local_aws.services.codepipeline.engine.engine import Engine
from local_aws.services.codepipeline.engine.plan import PipelinePlan
from local_aws.services.codepipeline.engine.scheduling import PARALLEL
from local_aws.services.codepipeline.store.execution_rows import Transition

OUTBOUND = "Outbound"


def enable_stage_transition(engine: Engine, caller: Caller, request: Json) -> None:
    """Open the way into a stage (Inbound) or out of it (Outbound); who waits there goes on."""
    name, plan = read(engine, "EnableStageTransition", request)
    _set(
        engine,
        name,
        _stage(plan, request),
        Transition(enabled=True, changed_by=caller.arn, changed=engine.parts.clock.now()),
    )


def disable_stage_transition(engine: Engine, caller: Caller, request: Json) -> None:
    """Close the way into a stage or out of it; ``reason`` is shown to those who look."""
    name, plan = read(engine, "DisableStageTransition", request)
    if plan.mode == PARALLEL:
        message = f"Pipeline '{name}' is in PARALLEL mode, in which executions don't wait at transitions"
        raise ServiceError("ValidationException", message)
    closed = Transition(
        enabled=False, changed_by=caller.arn, changed=engine.parts.clock.now(), reason=request["reason"]
    )
    _set(engine, name, _stage(plan, request), closed)


def _stage(plan: PipelinePlan, request: Json) -> str:
    """Return the stage whose inbound transition is meant."""
    stage = stage_of(plan, request["stageName"])
    if request["transitionType"] != OUTBOUND:
        return stage.name
    following = plan.stages.index(stage) + 1
    if following == len(plan.stages):
        raise ServiceError("ValidationException", f"Stage '{stage.name}' is the last one: it has no way out")
    return plan.stages[following].name


def _set(engine: Engine, pipeline: str, stage: str, transition: Transition) -> None:
    with engine.parts.ledger.changed:
        engine.parts.ledger.set_transition(pipeline, stage, transition)
        engine.advance(pipeline)
