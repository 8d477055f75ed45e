"""Sources of other tools: what Jinja, Mustache, ERB, Cookiecutter and the like have yet to make a file of."""

import re
from collections.abc import Iterator

import yaml

from buildspecs.reading.document import is_shallow

_MARK = re.compile(r"\{\{(?! ?resolve:)|\{%|<%")
"""How what is filled in begins; CloudFormation's own ``{{resolve:...}}`` is none."""
_SURE = re.compile(
    r"""\{[{%][^{}\n]{0,80}\bcookiecutter\.\w  # Cookiecutter
    | (?:!|["']|Fn::|^[ ]{0,80})Rain::[A-Z]  # Rain
    | ^[ ]{0,80}\#[# ]{0,8}\{%-?[ ]?(?:if|for)\b  # Jinja whose statements stand in comments""",
    re.MULTILINE | re.VERBOSE,
)
"""What nothing but such a source has, whether it is YAML as it stands or not."""
_STATEMENT = re.compile(r"^[ ]{0,80}(?:<%|\{%|\{\{[#/^>])")
"""A line of such a tool's own, which YAML may take for the begin of the next."""
_TOLD = re.compile(r"flow|simple key")
"""What YAML was reading where the place that it began at tells something: a list or a mapping may begin anywhere."""
_SERVERLESS = re.compile(r"\$\{(?:self:[A-Za-z]|file\()")
"""A variable of the Serverless Framework, whose files of resources are no whole templates."""


def is_source(text: str) -> bool:
    """Check whether another tool has yet to fill in ``text``: it is no YAML where a mark of such a tool stands."""
    if _SURE.search(text) or ("AWSTemplateFormatVersion" not in text and _SERVERLESS.search(text)):
        return True
    if not _MARK.search(text) or not is_shallow(text):
        return False
    lines = text.splitlines()
    return any(
        any(map(_MARK.search, lines[line : line + 1])) or any(map(_STATEMENT.search, lines[max(0, line - 1) : line]))
        for line in _faults(text)
    )


def _faults(text: str) -> Iterator[int]:
    """Yield the lines, from 0, of what is no YAML, and of keys that are mappings, which ``{{ name }}`` reads as."""
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        begun = error.context_mark if _TOLD.search(error.context or "") else None
        yield from (mark.line for mark in (error.problem_mark, begun) if mark)
        return
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return
    waiting: list[yaml.Node] = [] if root is None else [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield from (key.start_mark.line for key, _ in node.value if not isinstance(key, yaml.ScalarNode))
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
