"""What the rules about projects read from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_facts import facts
from lint_rules.model.node import Node
from lint_rules.model.rule import ResourceRule
from lint_rules.model.template import Resource, View

PROJECT = "AWS::CodeBuild::Project"
PIPELINE_SOURCE = "CODEPIPELINE"
LAMBDA = ("LINUX_LAMBDA_CONTAINER", "ARM_LAMBDA_CONTAINER")


def projects(template: View) -> Sequence[Resource]:
    """Return the projects of a template."""
    return template.resources(PROJECT)


class ProjectRule(ResourceRule):
    """A rule about each project."""

    types = (PROJECT,)


def source_type(project: Resource) -> str:
    """Return the type of the project's source; empty when it is not known, or no such type."""
    return source_type_of(project["Source"])


def source_type_of(source: Node) -> str:
    """Return the type of ``source``, one of the project's; empty when it is not known, or no such type."""
    kind = (source["Type"].text or "").upper()  # CodeBuild takes the names in any case
    return kind if kind in known("sources")["types"] else ""


def environment_type(project: Resource) -> str:
    """Return the type of the project's environment; empty when it is not known.

    CodeBuild takes the names as they were written at first, too: ``linuxContainer``, or ``container``, to which other
    names of compute types belong.
    """
    kind = project["Environment"]["Type"].text or ""
    written: dict[str, str] = {_plain(one): one for one in known("environments")["compute"]} | {"container": ""}
    return written.get(_plain(kind), kind)


def _plain(kind: str) -> str:
    return kind.replace("_", "").casefold()


def known(subject: str) -> Mapping[str, Any]:
    """Give CodeBuild's facts about ``subject``."""
    found: Mapping[str, Any] = facts("codebuild")[subject]
    return found


def inline_buildspec(project: Resource) -> Node | None:
    """Return the BuildSpec when it is the text of one, not the path or address of a file."""
    buildspec = project["Source"]["BuildSpec"]
    text = buildspec.pattern
    return buildspec if text is not None and ("\n" in text.strip() or text.lstrip().startswith("{")) else None
