from collections.abc import Iterator, Mapping

from lint_rules.codepipeline.references import OF_EXECUTION, OF_PIPELINE, Reference, namespaces, references
from lint_rules.codepipeline.structure import PIPELINE, Action
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class VariableNamespace(Rule):
    """References to variables of a namespace that is not there, or not yet."""

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
