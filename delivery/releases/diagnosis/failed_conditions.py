"""Why an execution failed in which no action did: a condition of a stage was not met."""

from delivery.releases.model.execution import Execution
from delivery.releases.model.target import Target


def sentences(target: Target, ended: Execution) -> list[str]:
    """Return a sentence for each rule that failed.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListRuleExecutions.html
    """
    found = target.aws.codepipeline.list_rule_executions(
        pipelineName=target.name, filter={"pipelineExecutionId": ended.id}
    )
    lines = []
    for detail in found["ruleExecutionDetails"]:
        if detail.get("status") != "Failed":
            continue
        result = detail.get("output", {}).get("executionResult", {})
        why = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")
        lines.append(
            f"Stage {detail['stageName']}: its rule {detail['ruleName']} was not met: {why or 'no reason given'}"
        )
    if lines:
        lines.append(f"{target.command('override', '--execution', ended.id)} goes on all the same.")
    return lines or [f"No action of it failed; CodePipeline says: {ended.reason or 'nothing'}"]
