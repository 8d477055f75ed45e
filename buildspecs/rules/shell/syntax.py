"""Commands that the shell reads otherwise than they are meant."""

import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import FaultKind, SimpleCommand

CLOSES = {"if": "fi", "while": "done", "until": "done", "for": "done", "select": "done", "case": "esac"}


class ShellSyntax(Rule):
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


_NO_PROGRAMS = (".yml", ".yaml", ".json", ".xml", ".toml", ".md", ".txt", ".properties")


class FileAsCommand(Rule):
    id = "E9755"
    shortdesc = "A file of data is not a command"
    description = (
        "Each item of commands is run by the shell. The name of a buildspec or of another file of data there ends in "
        "command not found, exit code 127, or in Permission denied, 126."
    )

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands():
            if simple.program.endswith(_NO_PROGRAMS):
                sentence = f"{simple.program} is run as a command, but it is a file of data: command not found (127)."
                yield of(
                    command, simple, sentence, "Write the commands themselves, or the program that reads the file."
                )


class HereDocumentCut(Rule):
    id = "W9741"
    shortdesc = "A here-document has no end in its command"
    description = (
        "The lines of a here-document must be part of the same item. YAML joins the lines of an item to one, unless "
        "it begins with |; then, or when they are items of their own, the file that is written is empty or wrong."
    )

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command in subject.commands:
            for fault in command.script.faults:
                if fault.kind is FaultKind.HERE_DOCUMENT:
                    sentence = f"The here-document has no line '{fault.text}' that ends it."
                    remedy = "Write the command as one item below a |, with the delimiter on a line of its own."
                    yield Fault(command.position(fault.line), command.path, sentence, remedy)


REDIRECT = re.compile(r">\s*([\w./-]+\.\w+)\s*$")


class RedirectInQuotes(Rule):
    id = "W9747"
    shortdesc = "A redirection is within quotes"
    description = (
        "Within quotes, > is a letter. The command prints the name of the file instead of writing it, or writes a "
        "line of shell into it."
    )

    def faults(self, subject: Subject) -> Iterator[Fault]:
        handed_on = {name for artifact in _artifacts(subject) for name in artifact}
        for command, simple in subject.simple_commands("echo", "printf"):
            for word in simple.arguments:
                match = REDIRECT.search(word.text)
                if (
                    match
                    and word.quoted
                    and (_writes(simple, match[1]) or (match[1] in handed_on and not simple.piped))
                ):
                    sentence = f"'> {match[1]}' is within quotes: it is printed, and redirects nothing."
                    yield of(command, word, sentence, "Close the quote before the >.")


def _writes(simple: SimpleCommand, name: str) -> bool:
    return any(one.target is not None and one.target.text == name for one in simple.redirects)


def _artifacts(subject: Subject) -> Iterator[tuple[str, ...]]:
    if subject.buildspec.artifacts:
        yield subject.buildspec.artifacts.files
    for one in subject.buildspec.secondary_artifacts.values():
        yield one.files
