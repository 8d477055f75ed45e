import json
from collections.abc import Iterator
from typing import Any

from buildspecs.rules.outputs.written_files import Written, written
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

STANDARD, DETAIL = "imagedefinitions.json", "imageDetail.json"
KEYS = {STANDARD: ("name", "imageUri"), DETAIL: ("ImageURI",)}
"""What each file tells: of each container (the standard deployment), or of the image (blue/green)."""


class ImageDefinitions(Rule):
    """A file for the deployment that is JSON, but says something else."""

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
