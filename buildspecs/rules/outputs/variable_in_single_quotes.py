import re
from collections.abc import Iterator

from buildspecs.rules.outputs.written_files import Written, written
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import PieceKind

READ_BY_DEPLOYMENTS = ("imagedefinitions.json", "imagedefinition.json", "imageDetail.json")
VARIABLE = re.compile(r"\$\{?([A-Z_][A-Z0-9_]{2,})\}?|\$\([a-z]")
FILLS_IN = ("envsubst", "sed", "perl", "jq", "eval")


class VariableInSingleQuotes(Rule):
    """A variable that is not replaced, in the file that a deployment reads."""

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
