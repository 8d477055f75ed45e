"""What CreatePipeline refuses of actions, conditions, namespaces, triggers and the execution mode.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
"""

from collections.abc import Iterator

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
from local_aws.services.codepipeline.engine.variables import EXECUTION_NAMESPACE, PIPELINE_NAMESPACE, references
from local_aws.services.codepipeline.triggers.glob_patterns import GlobError, compiled

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
            _refuse_action(
                action, f"declares {count} {artifacts} artifacts which is less than the minimum count ({fewest})"
            )
        if count > most:
            _refuse_action(
                action, f"declares {count} {artifacts} artifacts which is more than the maximum count ({most})"
            )
    if "timeoutInMinutes" in action and declared["category"] != "Approval":
        _refuse_action(action, "declares timeoutInMinutes, which is available to manual approvals alone")
    if declared["provider"] == "Commands" and not action.get("commands"):
        _refuse_action(action, f"of stage {stage_name} has the provider Commands and no commands")
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
        _refuse_action(action, f"configuration does not contain the required key(s): {', '.join(sorted(missing))}")
    if unknown:
        _refuse_action(action, f"configuration contains unknown key(s): {', '.join(sorted(unknown))}")
    for key, value in configuration.items():
        problem = None if VARIABLE in value else value_problem(kind, key, value)
        # Other forms of a value are not looked at when a pipeline is made: the action that has it fails.
        if problem is not None and problem.fact != "forms":
            allowed = problem.allowed
            said = f"{allowed[0]} to {allowed[1]}" if problem.fact == "numbers" else ", ".join(allowed)
            _refuse_action(action, f"configuration has {key} {value}; allowed: {said}")


def _refuse_action(action: Json, reason: str) -> None:
    raise ServiceError("InvalidActionDeclarationException", f"Action {action['name']} {reason}")


def _refuse_stage(message: str) -> None:
    raise ServiceError("InvalidStageDeclarationException", message)


_OWN = frozenset({EXECUTION_NAMESPACE, PIPELINE_NAMESPACE})


def check_namespaces(stages: list[Json]) -> None:
    """Raise ``ServiceError`` for a namespace that is taken, and a reference to one that no earlier action has."""
    known = set(_OWN)
    for stage in stages:
        _check_rules(stage, CONDITION_KINDS[:1], known)
        for run_order in sorted({action["runOrder"] for action in stage["actions"]}):
            running = [action for action in stage["actions"] if action["runOrder"] == run_order]
            for action in running:
                _check_references(action, known)
            for action in running:
                namespace = action.get("namespace")
                if namespace in known:
                    _refuse_namespace(f"Namespace {namespace} of action {action['name']} is taken: it must be unique")
                known |= {namespace} if namespace else set()
        _check_rules(stage, CONDITION_KINDS[1:], known)


def _check_rules(stage: Json, kinds: tuple[str, ...], known: set[str]) -> None:
    for kind in kinds:
        for condition in (stage.get(kind) or {}).get("conditions", []):
            for rule in condition.get("rules", []):
                _check_references(rule, known)


def _check_references(holder: Json, known: set[str]) -> None:
    for namespace, variable in _references(holder):
        if namespace not in known:
            _refuse_namespace(
                f"#{{{namespace}.{variable}}} in {holder['name']} refers to a namespace that no preceding action has; "
                f"there are: {', '.join(sorted(known))}"
            )


def _references(holder: Json) -> Iterator[tuple[str, str]]:
    for value in holder.get("configuration", {}).values():
        yield from references(value)


def _refuse_namespace(message: str) -> None:
    raise ServiceError("InvalidActionDeclarationException", message)


_CONNECTED = "CodeStarSourceConnection"


def check_triggers(structure: Json) -> None:
    """Raise ``ServiceError`` where a trigger names no source action, or a filter says what it can't."""
    sources = {action["name"]: action for action in structure["stages"][0]["actions"]}
    named = [trigger["gitConfiguration"]["sourceActionName"] for trigger in structure.get("triggers", [])]
    for name in named:
        if named.count(name) > 1:
            _refuse_trigger(f"More than one trigger references source action {name}: put their filters into one")
    for trigger in structure.get("triggers", []):
        git = trigger["gitConfiguration"]
        source = sources.get(git["sourceActionName"])
        if source is None:
            _refuse_trigger(f"Trigger references source action {git['sourceActionName']}, which is not in the pipeline")
        elif source["actionTypeId"]["provider"] != _CONNECTED:
            _refuse_trigger(f"Trigger references action {git['sourceActionName']}, whose provider is not {_CONNECTED}")
        for kind in ("push", "pullRequest"):
            _check_filters(git.get(kind, []))
    if structure["executionMode"] == "PARALLEL":
        for stage in structure["stages"]:
            if (stage.get("onFailure") or {}).get("result") == "ROLLBACK":
                _refuse_trigger(
                    f"Stage {stage['name']} rolls back on failure, which execution mode PARALLEL does not allow"
                )


def _check_filters(filters: list[Json]) -> None:
    for declared in filters:
        if declared.get("tags") and (declared.get("branches") or declared.get("filePaths")):
            _refuse_trigger("A push filter can't have tags together with branches or file paths")
        for part in ("tags", "branches", "filePaths"):
            for side in ("includes", "excludes"):
                for pattern in (declared.get(part) or {}).get(side, []):
                    _check_pattern(pattern)


def _check_pattern(pattern: str) -> None:
    try:
        compiled(pattern)
    except GlobError as error:
        _refuse_trigger(str(error))


def _refuse_trigger(message: str) -> None:
    raise ServiceError("InvalidStructureException", message)
