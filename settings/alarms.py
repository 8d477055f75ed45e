"""When a service's alarms ring, and whether it has a dashboard."""

from dataclasses import dataclass

from settings.toml_table import Table

MOST_DAYS = 7
"""An alarm looks back a week at most.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""
_SLOWEST = 600_000


@dataclass(frozen=True)
class Alarms:
    """Limits of what a service answers in a minute, and of how long its pipeline may be silent."""

    errors_a_minute: int
    """So many answers 5xx are needed for an alarm, whatever their share."""
    error_percent: int
    """And this share of all answers."""
    slow_milliseconds: int
    """Of a hundred answers the slowest may take so long; 0: nothing is looked at."""
    silent_days: int
    """So long the pipeline may run nothing; 0: nothing is looked at."""
    dashboard: bool


def read(table: Table) -> Alarms:
    """Read ``[services.alarms]``."""
    alarms = Alarms(
        errors_a_minute=table.take_integer("errors_a_minute", 1, 1_000_000, "answers", default=5),
        error_percent=table.take_integer("error_percent", 1, 100, "percent", default=5),
        slow_milliseconds=table.take_integer("slow_milliseconds", 0, _SLOWEST, "milliseconds", default=3000),
        silent_days=table.take_integer("silent_days", 0, MOST_DAYS, "days", default=0),
        dashboard=table.take_boolean("dashboard", default=True),
    )
    table.close()
    return alarms
