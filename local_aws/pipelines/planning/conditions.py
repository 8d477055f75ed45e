"""Findings on what a stage does on entry, success and failure: conditions, rules, automatic retry and roll-back."""

from collections.abc import Iterator, Mapping

from local_aws.pipelines.planning.catalogue import AWS_ONLY_RULES, RULES, SKIPPING_RULES
from local_aws.pipelines.planning.fault import Fault
from local_aws.pipelines.planning.plan import (
    BEFORE_ENTRY,
    ON_FAILURE,
    ON_SUCCESS,
    ConditionPlan,
    PipelinePlan,
    RulePlan,
    StagePlan,
)
from local_aws.pipelines.scheduling import PARALLEL

ROLLBACK = "ROLLBACK"
RETRY = "RETRY"
FAIL = "FAIL"
SKIP = "SKIP"

RESULTS: Mapping[str, tuple[str, ...]] = {
    BEFORE_ENTRY: (FAIL, SKIP),
    ON_SUCCESS: (ROLLBACK, FAIL),
    ON_FAILURE: (ROLLBACK, RETRY),
}
"""https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html"""

RULE_MINUTES = (5, 86400)


def findings(plan: PipelinePlan) -> Iterator[Fault]:
    """Judge every stage's conditions."""
    for index, stage in enumerate(plan.stages):
        if stage.failure_result:
            yield from _result(plan, stage, index, ON_FAILURE, stage.failure_result)
        for condition in stage.conditions.values():
            yield from _result(plan, stage, index, condition.kind, condition.result)
            yield from _rules(f"stages/{stage.name}/{condition.kind}", condition)


def _result(plan: PipelinePlan, stage: StagePlan, index: int, kind: str, result: str) -> Iterator[Fault]:
    place = f"stages/{stage.name}/{kind}"
    if result not in RESULTS[kind]:
        yield Fault(
            "CP040", place, f"Result {result or 'none'!r} is not allowed.", f"Allowed: {', '.join(RESULTS[kind])}."
        )
    if index == 0:
        yield Fault("CP041", place, "The source stage takes no conditions, retry or roll-back.", "Take it out.")
    elif result == ROLLBACK and plan.mode == PARALLEL:
        yield Fault("CP042", place, "ROLLBACK is not available in PARALLEL mode.", "Use QUEUED or SUPERSEDED.")


def _rules(place: str, condition: ConditionPlan) -> Iterator[Fault]:
    if not condition.rules:
        yield Fault("CP043", place, "The condition has no rule.", "Give it one to five.")
    for rule in condition.rules:
        where = f"{place}/{rule.name}"
        if rule.type.provider not in RULES:
            yield _unknown_rule(where, rule)
            continue
        yield from _configuration(where, rule)
        if condition.result == SKIP and rule.type.provider not in SKIPPING_RULES:
            allowed = ", ".join(sorted(SKIPPING_RULES))
            yield Fault("CP044", where, f"{rule.type.provider} can't decide on SKIP.", f"SKIP takes: {allowed}.")
        least, most = RULE_MINUTES
        if rule.timeout_minutes is not None and not least <= rule.timeout_minutes <= most:
            yield Fault("CP045", where, f"timeoutInMinutes is {rule.timeout_minutes}.", f"Allowed: {least} to {most}.")


def _unknown_rule(place: str, rule: RulePlan) -> Fault:
    known = ", ".join(sorted(RULES))
    if rule.type.provider in AWS_ONLY_RULES:
        return Fault("CP046", place, f"Rule {rule.type.provider} is not run by the local AWS.", f"It runs: {known}.")
    return Fault("CP047", place, f"There is no rule {rule.type.provider}.", f"The local AWS runs: {known}.")


def _configuration(place: str, rule: RulePlan) -> Iterator[Fault]:
    kind = RULES[rule.type.provider]
    for key in sorted(kind.required - rule.configuration.keys()):
        yield Fault("CP048", place, f"Configuration key {key} is missing.", f"{rule.type.provider} needs it.")
    for key, value in rule.configuration.items():
        allowed = (kind.values or {}).get(key)
        if key not in kind.keys:
            names = ", ".join(sorted(kind.keys))
            yield Fault("CP049", place, f"Unknown configuration key {key}.", f"{rule.type.provider} takes: {names}.")
        elif allowed and "#{" not in value and value not in allowed:
            yield Fault("CP050", place, f"{key} is {value!r}.", f"Allowed: {', '.join(sorted(allowed))}.")
