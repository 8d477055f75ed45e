"""What a stage does before it is entered and after it ends: conditions, their rules, retries, roll-backs."""

from collections.abc import Iterator

from aws_facts import facts
from aws_facts.codepipeline import condition_results, rule_type
from lint_rules.codepipeline.configuration import closest, missing_keys, unknown_keys, wrong_values
from lint_rules.codepipeline.json_text import wrong_json
from lint_rules.codepipeline.structure import CONDITIONS, PIPELINE, Pipeline, PipelineRule, count, is_plain, pipelines
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class ConditionResult(PipelineRule):
    id = "E9127"
    shortdesc = "A condition must have a result that its kind takes"
    description = (
        "When an entry condition is not met the stage can fail or be skipped, when one on success is not met it "
        "can fail or be rolled back. CreatePipeline refuses other results there, and unknown ones."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            for kind, condition in stage.conditions:
                result, allowed = condition["Result"], condition_results(kind[0].lower() + kind[1:])
                if result.text is not None and result.text not in allowed:
                    sentence = f"{result.text} is not a result of a condition in {kind}."
                    yield fault(result, f"{sentence} Allowed: {', '.join(allowed)}.")
                elif result.absent and is_plain(condition):
                    yield fault(condition, f"The condition has no Result. Allowed: {', '.join(allowed)}.")


MOST_RULES = 5


class ConditionShape(PipelineRule):
    id = "E9130"
    shortdesc = "A kind of condition takes one condition, with one to five named rules"
    description = (
        "CreatePipeline takes exactly one condition in BeforeEntry, OnSuccess and OnFailure, with one to five "
        "rules, each with a name and a type."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            for kind in CONDITIONS:
                yield from _misshaped(stage.node[kind], kind)


def _misshaped(node: Node, kind: str) -> Iterator[Fault]:
    conditions = node["Conditions"]
    number = count(conditions)
    if is_plain(node) and conditions.absent and node["Result"].absent:
        yield fault(node, f"{kind} says nothing. Give it one condition.")
    elif conditions.present and number not in {1, None}:
        yield fault(conditions, f"{kind} has {number} conditions, and one is allowed. Put their rules together.")
    for condition in conditions.items:
        yield from _miscounted(condition)


def _miscounted(condition: Node) -> Iterator[Fault]:
    number = count(condition["Rules"])
    if is_plain(condition) and number is not None and not 1 <= number <= MOST_RULES:
        at = condition["Rules"] if condition["Rules"].present else condition
        yield fault(at, f"The condition has {number} rules. Give it 1 to {MOST_RULES}.")
    for rule in condition["Rules"].items:
        for name in ("Name", "RuleTypeId"):
            if is_plain(rule) and rule[name].absent:
                yield fault(rule, f"A rule has no {name}. Add it.")


class RuleType(Rule):
    id = "E9132"
    shortdesc = "The rule type of a condition must exist"
    description = (
        "CreatePipeline refuses a rule whose provider is not one of CodePipeline's, and any category but Rule, "
        "owner but AWS and version but 1."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        known = facts("codepipeline_rules")
        for pipeline in pipelines(template):
            for stage in pipeline.stages:
                for _kind, rule in stage.rules:
                    provider = rule["RuleTypeId"]["Provider"]
                    if provider.text is not None and provider.text not in known:
                        near = closest(provider.text, known)
                        advice = f"Did you mean {near}?" if near else f"There are: {', '.join(known)}."
                        yield fault(provider, f"There is no rule provider {provider.text}. {advice}")
                    for part, only in (("Category", "Rule"), ("Owner", "AWS"), ("Version", "1")):
                        value = rule["RuleTypeId"][part]
                        if value.text not in {None, only}:
                            yield fault(value, f"A rule's {part} is {value.text}. Set it to {only}.")


class RuleConfiguration(PipelineRule):
    id = "E9133"
    shortdesc = "A rule's configuration must have the keys and values that its provider takes"
    description = (
        "CreatePipeline refuses a rule without a configuration key that its provider needs, with one it does not "
        "take, or with a value that is not allowed."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            for _kind, rule in stage.rules:
                provider = rule["RuleTypeId"]["Provider"].text or ""
                kind = rule_type(provider)
                configuration = rule["Configuration"]
                yield from missing_keys(rule, configuration, kind, provider)
                yield from unknown_keys(configuration, kind, provider)
                yield from wrong_values(configuration, kind)
                for key, shape in kind.get("json", {}).items():
                    yield from wrong_json(configuration[key], key, shape)


SKIPPING = ("BeforeEntry", "SKIP")


class RuleThatSkips(Rule):
    id = "E9134"
    shortdesc = "An entry condition that skips its stage must have rules that can decide so"
    description = (
        "With the result SKIP an entry condition takes the rules LambdaInvoke, VariableCheck and Commands only."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        known = facts("codepipeline_rules")
        for pipeline in pipelines(template):
            for stage in pipeline.stages:
                for kind, condition in stage.conditions:
                    for rule in condition["Rules"].items if (kind, condition["Result"].text) == SKIPPING else ():
                        provider = rule["RuleTypeId"]["Provider"]
                        if provider.text in known and not known[provider.text].get("skips"):
                            allowed = ", ".join(name for name, fact in known.items() if fact.get("skips"))
                            yield fault(
                                provider, f"{provider.text} can't decide on SKIP. Allowed: {allowed}; or use FAIL."
                            )


class Retry(PipelineRule):
    id = "E9131"
    shortdesc = "Automatic retry is the Result of OnFailure, alone"
    description = (
        "A stage is retried by itself with the Result RETRY of OnFailure; a RetryConfiguration belongs to that "
        "result alone, and retry is not available together with conditions."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            failure = stage.node["OnFailure"]
            retry, result = failure["RetryConfiguration"], failure["Result"]
            if retry.present and (result.absent or result.text not in {None, "RETRY"}):
                yield fault(retry, "A RetryConfiguration is for the Result RETRY. Set Result to RETRY or take it out.")
            for condition in failure["Conditions"].items:
                if "RETRY" in {result.text, condition["Result"].text}:
                    yield fault(
                        condition, "RETRY is not available with conditions. Set it as OnFailure's Result, alone."
                    )


class RollbackInParallel(PipelineRule):
    id = "E9129"
    shortdesc = "ROLLBACK is not available in PARALLEL mode"
    description = (
        "Executions that run side by side have no last good one to roll back to: CreatePipeline refuses the result "
        "ROLLBACK with the execution mode PARALLEL."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages if pipeline["ExecutionMode"].text == "PARALLEL" else ():
            for node in (stage.node["OnFailure"], *(condition for _kind, condition in stage.conditions)):
                if node["Result"].text == "ROLLBACK":
                    yield fault(node["Result"], "ROLLBACK is refused in PARALLEL mode. Use QUEUED or SUPERSEDED.")
