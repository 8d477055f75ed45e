"""Makes the conditions of the stage Deploy: what must hold before it is entered, and after its actions succeeded.

https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
"""

from collections.abc import Iterator
from typing import Any

from awacs.aws import Statement
from troposphere import AWSHelperFn, codepipeline

from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.foundation.artifacts import SOURCE_ARTIFACT
from templates_src.service.alarms import names


def rights(service: Service) -> list[Statement]:
    """Return what the pipeline may do to judge its conditions, beside running the builds of ``projects``."""
    functions = dict.fromkeys(one.function for one in service.gates.asked if one.function)
    return [
        *([permissions.see_alarms()] if service.gates.watch_minutes else []),
        *([permissions.invoke_functions([arns.function(one) for one in functions])] if functions else []),
    ]


def projects(service: Service) -> list[AWSHelperFn]:
    """Name the projects of others that conditions build."""
    return [arns.build_project(name) for name in dict.fromkeys(one.project for one in service.gates.asked) if name]


def conditions(project: Project, service: Service) -> dict[str, Any]:
    """Return the properties of the stage that have conditions."""
    found: dict[str, Any] = {}
    entry = _entry_rules(service)
    if entry:
        condition = codepipeline.Condition(Result="FAIL", Rules=entry)
        found["BeforeEntry"] = codepipeline.BeforeEntryConditions(Conditions=[condition])
    last = [*_watch_rules(project, service), *_asking_rules(service, "after")]
    if last:
        condition = codepipeline.Condition(Result="ROLLBACK", Rules=last)
        found["OnSuccess"] = codepipeline.SuccessConditions(Conditions=[condition])
    return found


def _entry_rules(service: Service) -> list[codepipeline.RuleDeclaration]:
    gates = service.gates
    window = {"Cron": gates.window, "TimeZone": gates.time_zone}
    checks = [{"Variable": one.variable, "Value": one.value, "Operator": one.operator} for one in gates.checks]
    return [
        *([_rule("Window", "DeploymentWindow", window)] if gates.window else []),
        *(_rule(f"Check{number}", "VariableCheck", check) for number, check in enumerate(checks, 1)),
        *_asking_rules(service, "before"),
    ]


def _asking_rules(service: Service, when: str) -> Iterator[codepipeline.RuleDeclaration]:
    for number, one in enumerate((one for one in service.gates.asked if one.when == when), 1):
        name = f"Ask{number}"
        if one.function:
            yield _rule(name, "LambdaInvoke", {"FunctionName": one.function})
        else:
            yield _rule(name, "CodeBuild", {"ProjectName": one.project}, SOURCE_ARTIFACT)


def _watch_rules(project: Project, service: Service) -> list[codepipeline.RuleDeclaration]:
    minutes = service.gates.watch_minutes
    return [
        _rule(name, "CloudWatchAlarm", {"AlarmName": name, "AlarmStates": "OK", "WaitTime": str(minutes)})
        for name in (names(project, service) if minutes else [])
    ]


def _rule(name: str, provider: str, configuration: dict[str, str], *inputs: str) -> codepipeline.RuleDeclaration:
    given: dict[str, Any] = (
        {"InputArtifacts": [codepipeline.InputArtifacts(Name=one) for one in inputs]} if inputs else {}
    )
    return codepipeline.RuleDeclaration(
        Name=name,
        RuleTypeId=codepipeline.RuleTypeId(Category="Rule", Owner="AWS", Provider=provider, Version="1"),
        Configuration=configuration,
        **given,
    )
