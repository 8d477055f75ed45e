import json
from collections.abc import Iterator

from buildspecs.rules.outputs.written_files import Written, written
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

STAND_INS = ("value", "0", "{}", '"value"', "", '"a": 0')
"""What a variable may hold: text, a number, an object, a string with its quotes, nothing, a member."""


class InvalidJson(Rule):
    """A command writes a file that is no JSON."""

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
