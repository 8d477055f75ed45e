import re
from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

NARROW, SIGN, WIDE = re.compile("[A-Za-z0-9_-]"), re.compile("[A-Za-z0-9@_-]"), re.compile("[A-Za-z0-9.@_-]")
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")


class Names(PipelineRule):
    """Names with characters that are not allowed, or too long."""

    id = "E9114"
    shortdesc = (
        "Names of pipelines, stages, artifacts, namespaces, variables and rules must have allowed characters only"
    )
    description = (
        "CreatePipeline refuses names with spaces or other characters than letters, digits, hyphens, underscores "
        "and, for some, dots and at signs, and names of more than 100 characters (128 for variables). Action "
        "names are left to cfn-lint."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        yield from _misnamed([pipeline["Name"]], "pipeline", WIDE)
        yield from _misnamed([stage.node["Name"] for stage in pipeline.stages], "stage", WIDE)
        yield from _misnamed([name for action in pipeline.actions for name in action.outputs], "artifact", NARROW)
        yield from _misnamed([action["Namespace"] for action in pipeline.actions], "namespace", SIGN)
        yield from _misnamed([one["Name"] for one in pipeline["Variables"].items], "variable", SIGN, 128)
        yield from _misnamed([rule["Name"] for stage in pipeline.stages for _kind, rule in stage.rules], "rule", WIDE)


def _misnamed(names: Sequence[Node], what: str, characters: re.Pattern[str], longest: int = 100) -> Iterator[Fault]:
    for name in names:
        known = _UNKNOWN.sub("", name.pattern or "")
        others = sorted(set(characters.sub("", known)))
        if others:
            shown = ", ".join(repr(one) for one in others)
            allowed = "letters, digits and " + " ".join(characters.pattern.removeprefix("[A-Za-z0-9").removesuffix("]"))
            yield fault(name, f"The {what} name {name.pattern} has {shown}. Allowed: {allowed}.")
        elif len(known) > longest:
            yield fault(
                name, f"The {what} name has {len(known)} characters. At most {longest} are allowed; shorten it."
            )
        elif name.value == "":
            yield fault(name, f"The {what} name is empty. Give it 1 to {longest} characters.")
