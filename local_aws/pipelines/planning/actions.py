"""Findings on actions: their type, their configuration, the flow of artifacts and of variables."""

from collections.abc import Iterator

from local_aws.pipelines.planning.catalogue import ACTIONS, AWS_ONLY_PROVIDERS, Kind
from local_aws.pipelines.planning.fault import Fault
from local_aws.pipelines.planning.plan import BEFORE_ENTRY, ON_FAILURE, ON_SUCCESS, ActionPlan, PipelinePlan, StagePlan
from local_aws.pipelines.variables import EXECUTION_NAMESPACE, PIPELINE_NAMESPACE, references

EXECUTION_VARIABLES = frozenset({"PipelineExecutionId"})
LONGEST_VALUE = 1000
"""Characters in one configuration value (https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html)."""

APPROVAL_MINUTES = (5, 86400)


def findings(plan: PipelinePlan) -> Iterator[Fault]:
    """Judge every action, with what the ones before it give."""
    artifacts: set[str] = set()
    namespaces: dict[str, frozenset[str] | None] = {
        EXECUTION_NAMESPACE: EXECUTION_VARIABLES,
        PIPELINE_NAMESPACE: frozenset(plan.variables),
    }
    for stage in plan.stages:
        yield from _names(stage)
        yield from _rules(stage, (BEFORE_ENTRY,), artifacts, namespaces)
        for group in stage.groups:
            members = [action for action in stage.actions if action.name in group]
            for action in members:
                yield from _action(stage, action, artifacts, namespaces)
            for action in members:
                yield from _gives(stage, action, artifacts, namespaces)
        yield from _rules(stage, (ON_SUCCESS, ON_FAILURE), artifacts, namespaces)


def _place(stage: StagePlan, action: ActionPlan) -> str:
    return f"stages/{stage.name}/actions/{action.name}"


def _names(stage: StagePlan) -> Iterator[Fault]:
    names = [action.name for action in stage.actions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        place = f"stages/{stage.name}/actions/{name}"
        yield Fault("CP020", place, f"Two actions of the stage are named {name!r}.", "Give each its own name.")


def _action(
    stage: StagePlan, action: ActionPlan, artifacts: set[str], namespaces: dict[str, frozenset[str] | None]
) -> Iterator[Fault]:
    place = _place(stage, action)
    kind = ACTIONS.get(action.type)
    if kind is None:
        yield _unknown_type(place, action)
    else:
        yield from _configuration(place, action, kind)
        yield from _counts(place, action, kind)
    for name in action.inputs:
        if name not in artifacts:
            yield Fault(
                "CP025",
                place,
                f"Input artifact {name!r} is the output of no earlier action.",
                "Name one, or run it later.",
            )
    for key, value in action.configuration.items():
        yield from variable_faults(f"{place}/configuration/{key}", value, namespaces)


def _unknown_type(place: str, action: ActionPlan) -> Fault:
    known = ", ".join(sorted(str(each) for each in ACTIONS))
    if action.type.provider in AWS_ONLY_PROVIDERS:
        return Fault("CP021", place, f"Action type {action.type} is not run by the local AWS.", f"It runs: {known}.")
    return Fault("CP022", place, f"There is no action type {action.type}.", f"The local AWS runs: {known}.")


def _configuration(place: str, action: ActionPlan, kind: Kind) -> Iterator[Fault]:
    for key in sorted(kind.required - action.configuration.keys()):
        yield Fault("CP023", place, f"Configuration key {key} is missing.", f"{action.type.provider} needs it.")
    for key, value in action.configuration.items():
        where = f"{place}/configuration/{key}"
        allowed = (kind.values or {}).get(key)
        if key not in kind.keys:
            names = ", ".join(sorted(kind.keys)) or "none"
            yield Fault("CP024", where, f"Unknown configuration key {key}.", f"{action.type.provider} takes: {names}.")
        elif allowed and "#{" not in value and value not in allowed:
            yield Fault("CP026", where, f"{value!r} is not allowed.", f"Allowed: {', '.join(sorted(allowed))}.")
        if len(value) > LONGEST_VALUE:
            yield Fault(
                "CP027", where, f"The value has {len(value)} characters.", f"At most {LONGEST_VALUE} are allowed."
            )


def _counts(place: str, action: ActionPlan, kind: Kind) -> Iterator[Fault]:
    for what, names, (least, most) in (("input", action.inputs, kind.inputs), ("output", action.outputs, kind.outputs)):
        if not least <= len(names) <= most:
            allowed = str(least) if least == most else f"{least} to {most}"
            sentence = f"The action has {len(names)} {what} artifacts."
            yield Fault("CP028", place, sentence, f"{action.type.provider} takes {allowed}.")
    least, most = APPROVAL_MINUTES
    if action.timeout_minutes is not None and not kind.timeout_configurable:
        yield Fault("CP029", place, "timeoutInMinutes belongs to manual approvals alone.", "Take it out.")
    elif action.timeout_minutes is not None and not least <= action.timeout_minutes <= most:
        yield Fault("CP029", place, f"timeoutInMinutes is {action.timeout_minutes}.", f"Allowed: {least} to {most}.")


def _rules(
    stage: StagePlan, kinds: tuple[str, ...], artifacts: set[str], namespaces: dict[str, frozenset[str] | None]
) -> Iterator[Fault]:
    """Judge what the rules of a stage's conditions refer to."""
    for condition in [stage.conditions[kind] for kind in kinds if kind in stage.conditions]:
        for rule in condition.rules:
            place = f"stages/{stage.name}/{condition.kind}/{rule.name}"
            for name in rule.inputs:
                if name not in artifacts:
                    sentence = f"Input artifact {name!r} is the output of no earlier action."
                    yield Fault("CP025", place, sentence, "Name one that is.")
            for key, value in rule.configuration.items():
                yield from variable_faults(f"{place}/configuration/{key}", value, namespaces)


def _gives(
    stage: StagePlan, action: ActionPlan, artifacts: set[str], namespaces: dict[str, frozenset[str] | None]
) -> Iterator[Fault]:
    place = _place(stage, action)
    for name in action.outputs:
        if name in artifacts:
            yield Fault("CP030", place, f"Two actions have the output artifact {name!r}.", "Give each its own name.")
        artifacts.add(name)
    if action.namespace in namespaces:
        yield Fault("CP031", place, f"Namespace {action.namespace!r} is taken.", "Give each action its own.")
    elif action.namespace:
        kind = ACTIONS.get(action.type)
        namespaces[action.namespace] = kind.variables if kind else None


def variable_faults(place: str, value: str, namespaces: dict[str, frozenset[str] | None]) -> Iterator[Fault]:
    """Judge the variable references in ``value``, with what is known of each namespace at that point."""
    for namespace, name in references(value):
        shown = f"#{{{namespace}.{name}}}"
        if namespace not in namespaces:
            remedy = f"Namespaces that exist by then: {', '.join(sorted(namespaces))}."
            yield Fault("CP032", place, f"{shown} refers to a namespace of no earlier action.", remedy)
            continue
        known = namespaces[namespace]
        if known is not None and name not in known:
            remedy = f"Variables of {namespace}: {', '.join(sorted(known)) or 'none'}."
            yield Fault("CP033", place, f"{shown} refers to a variable that does not exist.", remedy)
