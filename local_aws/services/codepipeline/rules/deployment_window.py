"""DeploymentWindow: passes while the time lies in the window that a cron expression describes.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
"""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.services.codepipeline.engine.ports import ActionError, RuleResult, TaskContext
from local_aws.services.codepipeline.rules.cron import CronError, matches


class DeploymentWindow:
    """Decides at once, by the engine's clock."""

    def evaluate(self, context: TaskContext) -> RuleResult:
        """Return whether now is a time to deploy, in the rule's time zone (UTC where none is given)."""
        name, expression = context.configuration.get("TimeZone", "UTC"), context.configuration["Cron"]
        try:
            moment = datetime.fromtimestamp(context.clock.now(), ZoneInfo(name))
            passed = matches(expression, moment)
        except (ZoneInfoNotFoundError, ValueError) as error:
            told = str(error) if isinstance(error, CronError) else f"{name!r} is not a time zone."
            raise ActionError("ConfigurationError", told) from error
        where = "in" if passed else "outside of"
        return RuleResult(passed, f"{moment:%Y-%m-%d %H:%M} {name} is {where} the deployment window {expression}.")
