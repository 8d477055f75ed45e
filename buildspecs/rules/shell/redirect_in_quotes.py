import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

REDIRECT = re.compile(r">\s*([\w./-]+\.\w+)\s*$")


class RedirectInQuotes(Rule):
    """A redirection within quotes is text."""

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
