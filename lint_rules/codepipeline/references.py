"""References to a pipeline's variables, ``#{NAMESPACE.VARIABLE}``, and the namespaces that are declared."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lint_rules.codepipeline.structure import Action, Pipeline, pipelines
from lint_rules.model.node import Node
from lint_rules.model.template import View, once_a_view

OF_EXECUTION = "codepipeline"
"""The namespace of what CodePipeline itself gives."""
OF_PIPELINE = "variables"
"""The namespace of the pipeline's own variables."""

_REFERENCE = re.compile(r"#\{([A-Za-z0-9@\-_]{1,100})\.([A-Za-z0-9@\-_]{1,128})\}")


class Reference(NamedTuple):
    """A reference at ``node``, in the configuration of an action or, with no action, of a rule of stage ``stage``."""

    node: Node
    namespace: str
    variable: str
    stage: int
    action: Action | None
    condition: str = ""

    def __str__(self) -> str:
        """Give it as it is written."""
        return f"#{{{self.namespace}.{self.variable}}}"

    def comes_after(self, action: Action) -> bool | None:
        """Return whether what ``action`` gives is there when the reference is resolved; None if that is not known."""
        if self.action is not None:
            return action.runs_before(self.action)
        if action.stage == self.stage:
            return self.condition != "BeforeEntry"
        return action.stage < self.stage


@once_a_view
def references(template: View) -> Mapping[Pipeline, Sequence[Reference]]:
    """Return the references of each pipeline."""
    return {pipeline: list(_references(pipeline)) for pipeline in pipelines(template)}


def _references(pipeline: Pipeline) -> Iterator[Reference]:
    for action in pipeline.actions:
        values = [value for _key, value in action.configuration.entries]
        values += [variable["Value"] for variable in action["EnvironmentVariables"].items]
        for node, namespace, variable in _found(values):
            yield Reference(node, namespace, variable, action.stage, action)
    for stage in pipeline.stages:
        for condition, rule in stage.rules:
            for node, namespace, variable in _found([value for _key, value in rule["Configuration"].entries]):
                yield Reference(node, namespace, variable, stage.number, None, condition)


def _found(values: Sequence[Node]) -> Iterator[tuple[Node, str, str]]:
    for value in values:
        pattern = value.pattern
        if pattern and "#{" in pattern:
            for found in _REFERENCE.finditer(pattern):
                yield value, found[1], found[2]


def namespaces(pipeline: Pipeline) -> Mapping[str, Action] | None:
    """Return the actions by their namespaces; None where one is not known."""
    found: dict[str, Action] = {}
    for action in pipeline.actions:
        namespace = action["Namespace"]
        if namespace.present:
            if namespace.text is None:
                return None
            found.setdefault(namespace.text, action)
    return found if pipeline.whole else None
