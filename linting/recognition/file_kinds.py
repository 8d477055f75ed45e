"""Tells templates and buildspecs from other files, and from sources of other tools that have yet to make a file."""

import json
import re
from collections.abc import Iterator
from enum import Enum

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


class Kind(Enum):
    """What a file is to a linter; the value says it in a sentence."""

    TEMPLATE = "a CloudFormation template"
    BUILDSPEC = "a buildspec"
    APPSPEC = "an AppSpec file"
    AMPLIFY = "a build specification of AWS Amplify"
    COMPOSE = "a Compose file"
    TASK_DEFINITION = "an ECS task definition"
    SOURCE = (
        "a source that another tool fills in (Jinja, Mustache, Serverless Framework or the like; lint what it makes)"
    )
    OTHER = "none of these"


LINTED = frozenset({Kind.TEMPLATE, Kind.BUILDSPEC, Kind.APPSPEC})
"""The kinds that there are rules for; the others are known so that they are not taken for one of these."""

_KEY = re.compile(
    r"""^( *)(?:"([^"\n]+)"|'([^'\n]+)'|([A-Za-z_][\w.-]*))[ ]*:(?=\s|$|[\[{"'])[ \t]*(.*)$""", re.MULTILINE
)
_BEFORE_KEYS = re.compile(r"[{,]")
_NOTHING = re.compile(r"\s*(#|---|%|$)")
_BUILDSPEC_NAME, _APPSPEC_NAME = re.compile(r"buildspec", re.IGNORECASE), re.compile(r"^appspec", re.IGNORECASE)
_TEMPLATE_NAME = re.compile(r"^template\.(json|ya?ml|template)$", re.IGNORECASE)
_PLAIN = re.compile(r"\s*(?:[A-Za-z#<]|/[/*]|\{[{%])")
"""How a text begins that is no template's, as one to be filled in."""
_APPSPEC_VERSION = re.compile(r"""^["']?0\.0["']?\s*(#.*)?,?$""")
_OF_FIRST_BUILDSPECS = {"environment_variables", "phases", "containers"}
"""Keys of what were buildspecs before there was version 0.1; some say that their version is 0.0."""
_OF_AMPLIFY = {"frontend", "backend", "applications", "appRoot"}
_LIST_OF_RESOURCES = re.compile(
    r"""(?:^|[{,])[ \t]{0,40}["']?Resources["']?[ ]{0,8}:\s{0,200}(?:\[|-\s)""", re.MULTILINE
)
"""A template has a mapping of resources, an AppSpec file a list."""
_MOST = 100_000
"""Characters that are looked at: what a file is, its first lines tell."""


def kind_of(name: str, content: bytes) -> Kind:
    """Report what a file of this ``name`` is by the keys at its top."""
    text = content.decode("utf-8-sig", "replace")
    kind = _kind_as_it_stands(name, text)
    return Kind.SOURCE if kind in LINTED and is_source(text) else kind


def _kind_as_it_stands(name: str, text: str) -> Kind:
    keys = _of_json(text) if text.lstrip()[:1] == "{" else _of_yaml(text)
    if "AWSTemplateFormatVersion" not in keys and (_APPSPEC_NAME.search(name) or _is_list_of_targets(keys, text)):
        return Kind.APPSPEC
    return _by_keys(keys) or _by_name(name, keys, is_text=bool(_PLAIN.match(text)))


def _is_list_of_targets(keys: dict[str, str], text: str) -> bool:
    return {"version", "Resources"} <= keys.keys() and bool(_LIST_OF_RESOURCES.search(text))


def _by_keys(keys: dict[str, str]) -> Kind | None:
    if "containerDefinitions" in keys:
        return Kind.TASK_DEFINITION
    if _APPSPEC_VERSION.match(keys.get("version", "").strip()) and not keys.keys() & _OF_FIRST_BUILDSPECS:
        return Kind.APPSPEC
    if keys.keys() & {"AWSTemplateFormatVersion", "Resources"}:
        return Kind.TEMPLATE
    if "services" in keys and "phases" not in keys:
        return Kind.COMPOSE
    if keys.keys() & _OF_AMPLIFY and "phases" not in keys:
        return Kind.AMPLIFY
    return Kind.BUILDSPEC if "version" in keys and keys.keys() & {"phases", "batch"} else None


def _by_name(name: str, keys: dict[str, str], *, is_text: bool) -> Kind:
    if _BUILDSPEC_NAME.search(name) and "jobs" not in keys:  # a workflow of GitHub or CircleCI has jobs
        return Kind.BUILDSPEC
    broken = not keys and (bool(_TEMPLATE_NAME.search(name)) or (name.endswith(".template") and not is_text))
    return Kind.TEMPLATE if broken else Kind.OTHER


def _of_json(text: str) -> dict[str, str]:
    """Return the keys at the top, and those of their values that are short; of broken JSON, any of its first keys."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _first_keys(_BEFORE_KEYS.sub("\n", text[:_MOST]))
    return {key: "" if isinstance(value, (dict, list)) else str(value) for key, value in document.items()}


def _first_keys(text: str) -> dict[str, str]:
    return {match[2] or match[3] or match[4]: match[5] for match in _KEY.finditer(text)}


def _of_yaml(text: str) -> dict[str, str]:
    """Return the keys that are no deeper than the first, with what follows them in their line."""
    lines = [line for line in text.splitlines() if not _NOTHING.match(line)]
    if not lines:
        return {}
    top = len(lines[0]) - len(lines[0].lstrip())
    found = (_KEY.match(line) for line in lines)
    return {match[2] or match[3] or match[4]: match[5] for match in found if match and len(match[1]) == top}
