"""Commands: passes when its commands succeed, with the input artifacts in their folder.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-Commands.html
"""

from collections.abc import Callable

from local_aws.services.codepipeline.engine.ports import ActionError, Progress, RuleContext, RuleResult

Run = Callable[[RuleContext, Callable[[str], None]], str]
"""Runs the commands as the rule's role, tells the id of what runs them, and gives why they failed, or nothing."""


def commands(run: Run, context: RuleContext) -> RuleResult:
    """Run them as builds run, without a project, one after the other, until one fails."""
    if not context.commands:
        raise ActionError("ConfigurationError", "A Commands rule needs commands.")
    failure = run(context, lambda identifier: context.report(Progress(external_id=identifier)))
    return RuleResult(not failure, failure or f"{len(context.commands)} commands succeeded.")
