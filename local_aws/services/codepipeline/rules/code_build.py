"""CodeBuild: passes when a build on the input artifacts succeeds.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CodeBuild.html
"""

from local_aws.services.codepipeline.actions.build import SUCCEEDED, Builds, build_request, ended, terminated
from local_aws.services.codepipeline.engine.ports import ActionError, RuleContext, RuleResult


def code_build(builds: Builds, context: RuleContext) -> RuleResult:
    """Start the build as the rule's role, and wait for its end."""
    if not context.inputs:
        raise ActionError("ConfigurationError", "A CodeBuild rule needs an input artifact.")
    build_id, state = ended(builds, context, build_request(context, {}))
    return RuleResult(state.status == SUCCEEDED, f"{terminated(state)} ({build_id})")
