"""CloudWatchAlarm: passes when an alarm is, or comes to be, in a wanted state.

After a stage's success it watches the alarm for all of its time, and fails as soon as the alarm is in another state.
That is ours: of conditions other than those of entry, AWS's page does not say when the rule passes.
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
"""

from collections.abc import Callable
from typing import Any

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.plan import ON_SUCCESS
from local_aws.services.codepipeline.engine.ports import ActionError, RuleContext, RuleResult

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
DEFAULT_STATES = "OK"
POLL_SECONDS = 1.0
Client = Callable[[str, Credentials], Any]


def cloudwatch_alarm(client: Client, minute: float, context: RuleContext) -> RuleResult:
    """Ask CloudWatch as the rule's role, until it is in one of ``AlarmStates`` or ``WaitTime`` minutes are over.

    A minute lasts ``minute`` seconds.
    """
    name = context.configuration["AlarmName"]
    wanted = [each.strip() for each in context.configuration.get("AlarmStates", DEFAULT_STATES).split(",")]
    minutes = context.configuration.get("WaitTime", "0")
    if not set(wanted) <= set(STATES):
        raise ActionError("ConfigurationError", f"AlarmStates is {wanted}; allowed are {', '.join(STATES)}.")
    if not minutes.isdecimal():
        raise ActionError("ConfigurationError", f"WaitTime is {minutes!r}; a number of minutes is needed.")
    end, watches = context.clock.now() + minute * int(minutes), context.condition == ON_SUCCESS
    while True:
        state = _state(client, context, name)
        fits = state in wanted
        over = context.clock.now() >= end
        if over or fits != watches or context.pause(POLL_SECONDS):
            told = "." if fits else f"; wanted was {' or '.join(wanted)}."
            return RuleResult(passed=fits, summary=f"Alarm {name} is in state {state}{told}")


def _state(client: Client, context: RuleContext, name: str) -> str:
    from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first alarm is asked for

    try:
        asked = client("cloudwatch", context.credentials())
        alarms = asked.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    except ClientError as error:
        message = error.response["Error"].get("Message", str(error))
        raise ActionError("PermissionError", f"Alarm {name} can't be read: {message}") from error
    found = [*alarms.get("MetricAlarms", []), *alarms.get("CompositeAlarms", [])]
    if not found:
        raise ActionError("ConfigurationError", f"There is no CloudWatch alarm {name}.")
    return str(found[0]["StateValue"])
