"""DeploymentWindow: passes while the time lies in the window that a cron expression describes.

In an entry condition it waits until the window opens, as the page's note on its use beside alarms has it.
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
"""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.services.codepipeline.engine.plan import BEFORE_ENTRY
from local_aws.services.codepipeline.engine.ports import ActionError, Progress, RuleContext, RuleResult
from local_aws.services.codepipeline.rules.cron import CronError, matches

POLL_SECONDS = 1.0


def deployment_window(context: RuleContext) -> RuleResult:
    """Return whether now is a time to deploy; before a stage is entered, wait for one."""
    result = _now(context)
    if context.condition == BEFORE_ENTRY and not result.passed:
        context.report(Progress(summary=f"{result.summary} It waits for the window to open."))
        while not (result := _now(context)).passed and not context.pause(POLL_SECONDS):
            pass
    return result


def _now(context: RuleContext) -> RuleResult:
    """Judge this moment, in the rule's time zone (UTC where none is given)."""
    name, expression = context.configuration.get("TimeZone", "UTC"), context.configuration["Cron"]
    try:
        moment = datetime.fromtimestamp(context.clock.now(), ZoneInfo(name))
        passed = matches(expression, moment)
    except (ZoneInfoNotFoundError, ValueError) as error:
        told = str(error) if isinstance(error, CronError) else f"{name!r} is not a time zone."
        raise ActionError("ConfigurationError", told) from error
    where = "in" if passed else "outside of"
    return RuleResult(passed, f"{moment:%Y-%m-%d %H:%M} {name} is {where} the deployment window {expression}.")
