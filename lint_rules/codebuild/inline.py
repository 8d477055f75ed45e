"""Buildspecs that stand in a template, judged as files of their own would be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lint_rules.codebuild.project import PIPELINE_SOURCE, environment_type, inline_buildspec, projects, source_type
from lint_rules.codebuild.text_lines import line_within
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource, View, once_a_view

if TYPE_CHECKING:
    from buildspecs.project import ProjectFacts
    from buildspecs.rules.subject import Subject

DOCKER = "E9752"
"""The rule of buildspecs about Docker without privileges, which here is the project's fault."""

_FILLINGS = ("0", "template-value", "${TEMPLATE_VALUE}")
"""What stands for a value that only the deployment knows; what is not found with each of them is not told."""

_LEFT_OPEN = re.compile(r"\$\{(?:Fn::\w+|\?|AWS::\w+|\w+(?:\.\w+)+)\}")


class Found(NamedTuple):
    """What is wrong with a buildspec: the rule of buildspecs, the line from 1, what to do, and where it is said."""

    id: str
    line: int
    sentence: str
    buildspec: Node

    @property
    def fault(self) -> Fault:
        """The same as a fault at its line of the template, as far as the template's form tells it."""
        sentence = f"Line {self.line} of the buildspec ({self.id}): {self.sentence}"
        line = line_within(self.buildspec.value, self.line)
        if line is None:
            return fault(self.buildspec, sentence)
        return Fault(list(self.buildspec.path), sentence, location=(line, 0, line, 0))


@once_a_view
def inline_findings(template: View) -> Sequence[tuple[Resource, Found]]:
    """Return what is wrong with the buildspecs in a template, with the project that each stands in."""
    return [(project, finding) for project in projects(template) for finding in _findings(project)]


def inline_subject(project: Resource) -> "Subject | None":
    """Return a project's own buildspec as the rules of buildspecs look at it, when all of it is known."""
    # What is imported here takes longer than all of cfn-lint's own look at most templates, which have no buildspec.
    from buildspecs.reading.reader import examine  # noqa: PLC0415
    from buildspecs.rules.subject import Subject  # noqa: PLC0415

    buildspec = inline_buildspec(project)
    texts = _filled(buildspec) if buildspec is not None else []
    if len(texts) != 1:
        return None
    examined = examine(texts[0])
    return Subject(texts[0], examined.buildspec, examined.root, examined.problems, _facts(project))


def _findings(project: Resource) -> Iterator[Found]:
    buildspec = inline_buildspec(project)
    if buildspec is None:
        return
    from buildspecs.lint import findings  # noqa: PLC0415 - as above

    first, *others = [findings(text, "BuildSpec", _facts(project)) for text in _filled(buildspec)]
    for one in first:
        if all(any((other.id, other.line) == (one.id, one.line) for other in found) for found in others):
            yield Found(one.id, one.line, f"{one.sentence} {one.remedy}".rstrip(), buildspec)


def _filled(buildspec: Node) -> list[str]:
    """Return the text, once for each filling when not all of it is known."""
    texts = []
    for filling in _FILLINGS:
        known: Mapping[str, Any] = _Filled(buildspec.parameters, filling)
        text = Node(buildspec.value, buildspec.path, buildspec.choices, known).pattern or ""
        texts.append(_LEFT_OPEN.sub(filling, text))
    return list(dict.fromkeys(texts))


class _Filled(dict[str, Any]):
    """Parameters of which each has a default, whatever its name."""

    def __init__(self, parameters: Mapping[str, Any], filling: str) -> None:
        super().__init__(parameters)
        self._filling = filling

    def get(self, name: str, default: object = None) -> Any:  # noqa: ANN401, ARG002
        """Return the parameter, with the filling for what it does not say."""
        own = super().get(name)
        said = own if isinstance(own, Mapping) else {}
        known = str(said.get("Type")) in {"String", "Number"} and str(said.get("Default", ""))
        return said if known else {"Type": "String", "Default": self._filling}


def _facts(project: Resource) -> "ProjectFacts":
    from buildspecs.project import ProjectFacts  # noqa: PLC0415 - as above

    environment = project["Environment"]
    given, privileged = environment["EnvironmentVariables"], environment["PrivilegedMode"]
    variables = {one["Name"].text or "": one["Value"].text for one in given.items}
    # Images of this family, which have ended, were privileged by themselves.
    by_itself = (environment["Image"].text or "").startswith("aws/codebuild/docker:")
    elsewhere = by_itself or environment["DockerServer"].present or environment["Fleet"].present
    return ProjectFacts(
        image=environment["Image"].text,
        environment_type=environment_type(project) or None,
        privileged=None if elsewhere else privileged.flag if privileged.present else False,
        variables=None if given.function else variables,
        in_pipeline=source_type(project) == PIPELINE_SOURCE if source_type(project) else None,
    )
