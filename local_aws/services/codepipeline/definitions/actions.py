"""What CreatePipeline refuses of one action, and of the conditions of one stage, by ``aws_facts``."""

from aws_facts.codepipeline import (
    Kind,
    action_type,
    condition_results,
    missing_keys,
    rule_type,
    unknown_keys,
    value_problem,
)
from local_aws.platform.service import Json, ServiceError

CONDITION_KINDS = ("beforeEntry", "onSuccess", "onFailure")
VARIABLE = "#{"
"""Begins a reference to a variable of the pipeline, whose value is known when the action runs."""


def check_action(action: Json, stage_name: str) -> None:
    """Raise ``ServiceError`` where the action type is unknown or the action does not fit it."""
    declared = action["actionTypeId"]
    if declared["owner"] == "Custom":
        return
    kind = action_type(declared["category"], declared["owner"], declared["provider"])
    if not kind or declared["version"] != "1":
        message = (
            f"ActionType (Category: '{declared['category']}', Provider: '{declared['provider']}', Owner: "
            f"'{declared['owner']}', Version: '{declared['version']}') in action '{action['name']}' is not available "
            "in this region"
        )
        raise ServiceError("InvalidActionDeclarationException", message)
    for artifacts in ("input", "output"):
        fewest, most = kind[f"{artifacts}s"]
        count = len(action[f"{artifacts}Artifacts"])
        if count < fewest:
            _refuse(action, f"declares {count} {artifacts} artifacts which is less than the minimum count ({fewest})")
        if count > most:
            _refuse(action, f"declares {count} {artifacts} artifacts which is more than the maximum count ({most})")
    if "timeoutInMinutes" in action and declared["category"] != "Approval":
        _refuse(action, "declares timeoutInMinutes, which is available to manual approvals alone")
    if declared["provider"] == "Commands" and not action.get("commands"):
        _refuse(action, f"of stage {stage_name} has the provider Commands and no commands")
    _check_configuration(action, action["configuration"], kind)


def check_conditions(stage: Json) -> None:
    """Raise ``ServiceError`` where a rule is unknown, misses configuration, or its result is none of its kind."""
    for name in CONDITION_KINDS:
        declared, results = stage.get(name) or {}, condition_results(name)
        for condition in [declared, *declared.get("conditions", [])]:
            if condition.get("result") not in (None, *results):
                _refuse_stage(f"Stage {stage['name']}: result {condition['result']} is not allowed in {name}")
        for condition in declared.get("conditions", []):
            for rule in condition.get("rules", []):
                _check_rule(stage, rule, skips=condition.get("result") == "SKIP")


def _check_rule(stage: Json, rule: Json, *, skips: bool) -> None:
    provider = rule["ruleTypeId"]["provider"]
    kind = rule_type(provider)
    if not kind:
        _refuse_stage(f"Stage {stage['name']}: rule {rule['name']} has an unknown provider: {provider}")
    if skips and not kind.get("skips"):
        _refuse_stage(f"Stage {stage['name']}: rule {rule['name']} of provider {provider} can't decide to skip a stage")
    _check_configuration(rule, rule.get("configuration", {}), kind)


def _check_configuration(action: Json, configuration: Json, kind: Kind) -> None:
    missing, unknown = missing_keys(kind, configuration), unknown_keys(kind, configuration)
    if missing:
        _refuse(action, f"configuration does not contain the required key(s): {', '.join(sorted(missing))}")
    if unknown:
        _refuse(action, f"configuration contains unknown key(s): {', '.join(sorted(unknown))}")
    for key, value in configuration.items():
        problem = None if VARIABLE in value else value_problem(kind, key, value)
        # Other forms of a value are not looked at when a pipeline is made: the action that has it fails.
        if problem is not None and problem.fact != "forms":
            allowed = problem.allowed
            said = f"{allowed[0]} to {allowed[1]}" if problem.fact == "numbers" else ", ".join(allowed)
            _refuse(action, f"configuration has {key} {value}; allowed: {said}")


def _refuse(action: Json, reason: str) -> None:
    raise ServiceError("InvalidActionDeclarationException", f"Action {action['name']} {reason}")


def _refuse_stage(message: str) -> None:
    raise ServiceError("InvalidStageDeclarationException", message)
