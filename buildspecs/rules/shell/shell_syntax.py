from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule
from buildspecs.rules.subject import Subject
from buildspecs.shell import FaultKind

CLOSES = {"if": "fi", "while": "done", "until": "done", "for": "done", "select": "done", "case": "esac"}


class ShellSyntax(Rule):
    """A command that no shell can read."""

    id = "E9740"
    shortdesc = "A command that no shell can read"
    description = (
        "Each item of commands is a script of its own. A quote that is not closed, or an if whose then and fi are "
        "other items, is a syntax error, and the build fails there."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command in subject.commands:
            if "case" in command.text and "$(" in command.text:
                continue  # the brackets of its patterns are not told from those of substitutions
            for fault in command.script.faults:
                sentence = _sentence(fault.kind, fault.text)
                if sentence:
                    yield Fault(command.position(fault.line), command.path, *sentence)
                    break


def _sentence(kind: FaultKind, text: str) -> tuple[str, str] | None:
    whole = "Write the whole construct as one item, on the lines below a |."
    if kind is FaultKind.QUOTE:
        return f"A quote ({text}) is not closed.", "Close it; an apostrophe within words belongs in double quotes."
    if kind is FaultKind.SUBSTITUTION:
        return f"A substitution ({text}) is not closed.", "Close it."
    if kind is FaultKind.OPEN and text in CLOSES:
        return f"'{text}' has no {CLOSES[text]} in this command: each item is a script of its own.", whole
    if kind is FaultKind.STRAY and text.isalpha():
        return f"'{text}' ends what did not begin in this command: each item is a script of its own.", whole
    return None
