"""What CreatePipeline refuses of one action, and of the conditions of one stage."""

from local_aws.codepipeline.providers import PROVIDERS, RULES
from local_aws.service import Json, ServiceError

_CONDITION_RESULTS = {
    "beforeEntry": ("FAIL", "SKIP"),
    "onSuccess": ("FAIL", "ROLLBACK"),
    "onFailure": ("FAIL", "ROLLBACK", "RETRY", "SKIP"),
}
_LONGEST_VALUE = 1000


def check_action(action: Json, stage_name: str) -> None:
    """Raise ``ServiceError`` where the provider is unknown or the action does not fit it."""
    declared = action["actionTypeId"]
    provider = PROVIDERS.get((declared["category"], declared["owner"], declared["provider"]))
    if provider is None or declared["version"] != "1":
        message = (
            f"ActionType (Category: '{declared['category']}', Provider: '{declared['provider']}', Owner: "
            f"'{declared['owner']}', Version: '{declared['version']}') in action '{action['name']}' is not available "
            "in this region"
        )
        raise ServiceError("InvalidActionDeclarationException", message)
    for kind, (fewest, most) in (("input", provider.inputs), ("output", provider.outputs)):
        count = len(action[f"{kind}Artifacts"])
        if count < fewest:
            _refuse(action, f"declares {count} {kind} artifacts which is less than the minimum count ({fewest})")
        if count > most:
            _refuse(action, f"declares {count} {kind} artifacts which is more than the maximum count ({most})")
    if "timeoutInMinutes" in action and declared["provider"] != "Manual":
        _refuse(action, "declares timeoutInMinutes, which is available to manual approvals alone")
    if declared["provider"] == "Commands" and not action.get("commands"):
        _refuse(action, f"of stage {stage_name} has the provider Commands and no commands")
    _check_configuration(action, action["configuration"], provider.required, provider.optional)


def check_conditions(stage: Json) -> None:
    """Raise ``ServiceError`` where a rule is unknown, misses configuration, or its result is none of its kind."""
    for kind, results in _CONDITION_RESULTS.items():
        for condition in (stage.get(kind) or {}).get("conditions", []):
            if condition.get("result") not in (None, *results):
                message = f"Stage {stage['name']}: result {condition['result']} is not allowed in {kind} conditions"
                raise ServiceError("InvalidStageDeclarationException", message)
            for rule in condition.get("rules", []):
                keys = RULES.get(rule["ruleTypeId"]["provider"])
                if keys is None:
                    message = f"Stage {stage['name']}: rule {rule['name']} has an unknown provider: "
                    raise ServiceError("InvalidStageDeclarationException", message + rule["ruleTypeId"]["provider"])
                _check_configuration(rule, rule.get("configuration", {}), *keys)


def _check_configuration(action: Json, configuration: Json, required: frozenset[str], optional: frozenset[str]) -> None:
    missing = sorted(required - set(configuration))
    unknown = sorted(set(configuration) - required - optional)
    if missing:
        _refuse(action, f"configuration does not contain the required key(s): {', '.join(missing)}")
    if unknown:
        _refuse(action, f"configuration contains unknown key(s): {', '.join(unknown)}")
    for key, value in configuration.items():
        if len(value) > _LONGEST_VALUE:
            _refuse(action, f"configuration value of {key} is longer than {_LONGEST_VALUE} characters")


def _refuse(action: Json, reason: str) -> None:
    raise ServiceError("InvalidActionDeclarationException", f"Action {action['name']} {reason}")
