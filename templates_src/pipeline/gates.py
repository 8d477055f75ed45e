"""Makes the conditions of the stage Deploy: what must hold before it is entered, and after its actions succeeded.

https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
"""

from typing import Any

from awacs.aws import Statement
from troposphere import codepipeline

from settings.project import Project
from settings.service import Service
from templates_src import permissions
from templates_src.service.alarms import names


def rights(service: Service) -> list[Statement]:
    """Return what the pipeline may do to judge its conditions."""
    return [permissions.see_alarms()] if service.gates.watch_minutes else []


def conditions(project: Project, service: Service) -> dict[str, Any]:
    """Return the properties of the stage that have conditions."""
    found: dict[str, Any] = {}
    entry = _entry_rules(service)
    if entry:
        condition = codepipeline.Condition(Result="FAIL", Rules=entry)
        found["BeforeEntry"] = codepipeline.BeforeEntryConditions(Conditions=[condition])
    watch = _watch_rules(project, service)
    if watch:
        condition = codepipeline.Condition(Result="ROLLBACK", Rules=watch)
        found["OnSuccess"] = codepipeline.SuccessConditions(Conditions=[condition])
    return found


def _entry_rules(service: Service) -> list[codepipeline.RuleDeclaration]:
    gates = service.gates
    window = {"Cron": gates.window, "TimeZone": gates.time_zone}
    checks = [{"Variable": one.variable, "Value": one.value, "Operator": one.operator} for one in gates.checks]
    return [
        *([_rule("Window", "DeploymentWindow", window)] if gates.window else []),
        *(_rule(f"Check{number}", "VariableCheck", check) for number, check in enumerate(checks, 1)),
    ]


def _watch_rules(project: Project, service: Service) -> list[codepipeline.RuleDeclaration]:
    minutes = service.gates.watch_minutes
    return [
        _rule(name, "CloudWatchAlarm", {"AlarmName": name, "AlarmStates": "OK", "WaitTime": str(minutes)})
        for name in (names(project, service) if minutes else [])
    ]


def _rule(name: str, provider: str, configuration: dict[str, str]) -> codepipeline.RuleDeclaration:
    return codepipeline.RuleDeclaration(
        Name=name,
        RuleTypeId=codepipeline.RuleTypeId(Category="Rule", Owner="AWS", Provider=provider, Version="1"),
        Configuration=configuration,
    )
