"""Variables of pipelines and of actions: declared, named, given."""

from collections.abc import Iterator, Mapping, Sequence

from lint_rules.codepipeline.references import OF_EXECUTION, OF_PIPELINE, Reference, namespaces, references
from lint_rules.codepipeline.structure import PIPELINE, Action, Pipeline, PipelineRule, count
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class Namespace(PipelineRule):
    id = "E9115"
    shortdesc = "A namespace must be unique in its pipeline, and not one of CodePipeline's own or an artifact's name"
    description = (
        "The variables of an action are told apart by its namespace, so CreatePipeline refuses a namespace that two "
        "actions have or that is the name of an artifact, and CodePipeline's own: codepipeline and variables."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        holders: dict[str, str] = {}
        artifacts = {name.text for action in pipeline.actions for name in action.outputs if name.text}
        for action in pipeline.actions:
            namespace = action["Namespace"]
            text = namespace.text
            if text in {OF_EXECUTION, OF_PIPELINE}:
                yield fault(namespace, f"{text} is a namespace of CodePipeline's own. Choose another.")
            elif text in holders:
                yield fault(namespace, f"{holders[text]} has the namespace {text} too. Give each action its own.")
            elif text in artifacts:
                yield fault(namespace, f"{text} is the name of an artifact too. Choose another.")
            elif text:
                holders[text] = action.name


MOST, LONGEST = 50, 1000


class PipelineVariable(PipelineRule):
    id = "E9121"
    shortdesc = "A pipeline's variables must be unique, at most 50, and their values 1 to 1000 characters long"
    description = (
        "CreatePipeline refuses a variable that is declared twice, an empty or overlong default and more than 50 "
        "variables."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineVariableDeclaration.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        seen = set()
        for variable in pipeline["Variables"].items[:MOST]:
            name, default = variable["Name"], variable["DefaultValue"]
            if name.text in seen:
                yield fault(name, f"{name.text} is declared twice. Keep one.")
            seen.add(name.text or object())
            if default.value == "" or len(default.text or "") > LONGEST:
                yield fault(default, f"The default has {len(default.text or '')} characters. Allowed: 1 to {LONGEST}.")
        for variable in pipeline["Variables"].items[MOST:]:
            yield fault(variable, f"A pipeline has at most {MOST} variables. Take some out.")


class VariableDeclared(Rule):
    id = "E9117"
    shortdesc = "A variable of the pipeline must be declared before it is referred to"
    description = "CreatePipeline refuses a reference to #{variables.NAME} if the pipeline declares no variable NAME."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline, found in references(template).items():
            declared = [one["Name"].text for one in pipeline["Variables"].items]
            if None not in declared and count(pipeline["Variables"]) is not None:
                for one in found:
                    if one.namespace == OF_PIPELINE and one.variable not in declared:
                        yield fault(
                            one.node, f"{one}: the pipeline declares no {one.variable}. Add it to its Variables."
                        )


class VariableGiven(Rule):
    id = "E9118"
    shortdesc = "A variable must be one that the action of its namespace sets"
    description = (
        "Most action types return a fixed set of variables, and a Commands action those in its OutputVariables. A "
        "reference to another cannot be resolved, and the action that refers to it fails in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline, found in references(template).items():
            known = namespaces(pipeline) or {}
            for one in found:
                given: Sequence[str] | None = None
                if one.namespace == OF_EXECUTION:
                    given = ("PipelineExecutionId",)
                elif one.namespace in known:
                    given = _given(known[one.namespace])
                if given is not None and one.variable not in given:
                    advice = (
                        f"It sets: {', '.join(given)}." if given else "Add it to the OutputVariables of its action."
                    )
                    yield fault(one.node, f"{one}: {one.namespace} has no variable {one.variable}. {advice}")


def _given(action: Action) -> Sequence[str] | None:
    """Return the names of an action's variables; None if they are not known."""
    if action.provider == "Commands" and action.kind:
        names = [item.text for item in action["OutputVariables"].items]
        known = [name for name in names if name is not None]
        return known if len(known) == count(action["OutputVariables"]) else None
    given: Sequence[str] | None = action.kind.get("variables")
    return given


class VariableNamespace(Rule):
    id = "E9116"
    shortdesc = "A variable's namespace must belong to an action that has ended before"
    description = (
        "CreatePipeline refuses a reference to a namespace that no action has, or that an action has which does "
        "not run before: in an earlier stage, or in the same stage at a lower RunOrder."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline, found in references(template).items():
            known = namespaces(pipeline)
            if known is not None:
                for one in found:
                    if one.namespace not in {OF_EXECUTION, OF_PIPELINE}:
                        yield from _unset(one, known)


def _unset(one: Reference, known: Mapping[str, Action]) -> Iterator[Fault]:
    action = known.get(one.namespace)
    if action is None:
        yield fault(one.node, f"{one}: no action has the namespace {one.namespace}. {_advice(known)}")
    elif one.comes_after(action) is False:
        yield fault(one.node, f"{one}: {action.name} does not run before. Refer to it in a later action.")


def _advice(known: Mapping[str, Action]) -> str:
    return f"There are: {', '.join(known)}." if known else "Set Namespace on the action that sets the variable."
