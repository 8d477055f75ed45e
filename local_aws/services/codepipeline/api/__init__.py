"""The CodePipeline API's operations on executions: each checks its request, acts on the engine, words the answer."""

from collections.abc import Callable, Mapping
from functools import partial

from local_aws.platform.service import Caller, Json, Operation
from local_aws.services.codepipeline.api.decisions import (
    disable_stage_transition,
    enable_stage_transition,
    override_stage_condition,
    put_approval_result,
)
from local_aws.services.codepipeline.api.executions import get_pipeline_execution, list_pipeline_executions
from local_aws.services.codepipeline.api.history import list_action_executions, list_rule_executions
from local_aws.services.codepipeline.api.start import start_pipeline_execution
from local_aws.services.codepipeline.api.state import get_pipeline_state
from local_aws.services.codepipeline.api.stop_retry_rollback import (
    retry_stage_execution,
    rollback_stage,
    stop_pipeline_execution,
)
from local_aws.services.codepipeline.engine.engine import Engine

OPERATIONS: Mapping[str, Callable[[Engine, Caller, Json], Json | None]] = {
    "StartPipelineExecution": start_pipeline_execution,
    "GetPipelineExecution": get_pipeline_execution,
    "GetPipelineState": get_pipeline_state,
    "ListPipelineExecutions": list_pipeline_executions,
    "ListActionExecutions": list_action_executions,
    "ListRuleExecutions": list_rule_executions,
    "StopPipelineExecution": stop_pipeline_execution,
    "RetryStageExecution": retry_stage_execution,
    "RollbackStage": rollback_stage,
    "OverrideStageCondition": override_stage_condition,
    "PutApprovalResult": put_approval_result,
    "EnableStageTransition": enable_stage_transition,
    "DisableStageTransition": disable_stage_transition,
}


def operations(engine: Engine) -> dict[str, Operation]:
    """Return the operations on ``engine`` by their names in the API."""
    return {name: partial(operation, engine) for name, operation in OPERATIONS.items()}
