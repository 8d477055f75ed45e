"""JSON that commands write for what deploys."""

import json
import re
from collections.abc import Iterator
from typing import Any

from buildspecs.rules.outputs.written_files import Written, written
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import PieceKind

STANDARD, DETAIL = "imagedefinitions.json", "imageDetail.json"
KEYS = {STANDARD: ("name", "imageUri"), DETAIL: ("ImageURI",)}
"""What each file tells: of each container (the standard deployment), or of the image (blue/green)."""


class ImageDefinitions(Rule):
    id = "W9773"
    shortdesc = "imagedefinitions.json lists name and imageUri; imageDetail.json has ImageURI"
    description = (
        "The deployment to Amazon ECS reads a list of objects with name and imageUri from imagedefinitions.json, and "
        "an object with ImageURI from imageDetail.json. It fails on any other form, after everything else has passed."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for one in written(subject):
            leaf = one.file.rpartition("/")[2]
            fault = _fault(one, leaf) if leaf in KEYS and _is_handed_on(leaf, subject) else ""
            if fault:
                form = '[{"name":"...","imageUri":"..."}]' if leaf == STANDARD else '{"ImageURI":"..."}'
                yield of(one.command, one.simple, f"{leaf} {fault}.", f"Write {form}.")


def _is_handed_on(leaf: str, subject: Subject) -> bool:
    primary, others = subject.buildspec.artifacts, subject.buildspec.secondary_artifacts.values()
    files = [file for one in (primary, *others) if one for file in one.files]
    return any("*" in file or file.endswith(leaf) for file in files)


def _fault(one: Written, leaf: str) -> str:
    contents = [value for text in one.texts("value") for value in _json(text)]
    if not contents or (len(one.words) == 1 and not one.words[0].text.strip().startswith(("[", "{", '"'))):
        return ""
    return next((fault for content in contents if not (fault := _form(content, leaf))), _form(contents[0], leaf))


def _json(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        return


def _form(content: object, leaf: str) -> str:
    if isinstance(content, list) and leaf == DETAIL and not _form(content, STANDARD):
        return ""  # FileName of the standard action may name any file
    containers = content if leaf == STANDARD else [content]
    if not isinstance(containers, list):
        return "is not a list of containers"
    for container in containers:
        for key in KEYS[leaf]:
            value = container.get(key) if isinstance(container, dict) else None
            if value is None:
                return f"has no {key}"
            if not isinstance(value, str) or not value.strip():
                return f"has a {key} that is empty or not a name"
    return ""


STAND_INS = ("value", "0", "{}", '"value"', "", '"a": 0')
"""What a variable may hold: text, a number, an object, a string with its quotes, nothing, a member."""


class InvalidJson(Rule):
    id = "W9748"
    shortdesc = "What a command writes is not JSON"
    description = (
        "The shell takes double quotes within double quotes away, and what is written is not JSON: the deployment that "
        "reads imagedefinitions.json fails after everything else has passed."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        parts = set(_added_to(subject))
        for one in written(subject):
            whole = one.file.endswith(".json") and one.file not in parts
            if whole and _is_meant_as_json(one) and not _may_be_json(one):
                shown = next(one.texts("..."))[:80]
                sentence = f"What {one.simple.program} writes to {one.file} is not JSON: {shown.strip()}"
                remedy = 'Put the JSON in single quotes: printf \'[{"name":"%s","imageUri":"%s"}]\' "$NAME" "$URI".'
                yield of(one.command, one.simple, sentence, remedy)


def _added_to(subject: Subject) -> Iterator[str]:
    """Yield the files that a command adds to: what was written there before need not be JSON by itself."""
    for _command, simple in subject.simple_commands("echo", "printf", "cat"):
        yield from (one.target.text for one in simple.redirects if one.target and one.operator in (">>", "1>>"))


def _is_meant_as_json(one: Written) -> bool:
    return next(one.texts("")).lstrip().startswith(("[", "{"))


def _may_be_json(one: Written) -> bool:
    return any(_is_json(text) for stand_in in STAND_INS for text in one.texts(stand_in))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


READ_BY_DEPLOYMENTS = ("imagedefinitions.json", "imagedefinition.json", "imageDetail.json")
VARIABLE = re.compile(r"\$\{?([A-Z_][A-Z0-9_]{2,})\}?|\$\([a-z]")
FILLS_IN = ("envsubst", "sed", "perl", "jq", "eval")


class VariableInSingleQuotes(Rule):
    id = "W9749"
    shortdesc = "A variable in single quotes is written as it is"
    description = (
        "Within single quotes nothing is replaced: the image that the deployment is told of is called "
        "$REPOSITORY_URI, and there is none of that name."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        if any(True for _ in subject.simple_commands(*FILLS_IN)):
            return
        for one in written(subject):
            name = _variable(one)
            if one.file.rpartition("/")[2] in READ_BY_DEPLOYMENTS and name:
                sentence = f"{name} is in single quotes, so {one.file} holds those letters, not the value."
                remedy = 'Write %s in its place, and give "$NAME" to printf after the form.'
                yield of(one.command, one.simple, sentence, remedy)


def _variable(one: Written) -> str:
    pieces = [piece for word in one.words for piece in word.pieces if piece.kind is PieceKind.SINGLE]
    return next((match[0] for piece in pieces if (match := VARIABLE.search(piece.text))), "")
