import itertools
from collections.abc import Iterator, Sequence

from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.shell.downloads import DOWNLOADERS, is_pinned
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

SHELLS = ("sh", "bash", "zsh", "dash")
INTERPRETERS = ("python", "python3", "node", "perl", "ruby", "php")
RUNS_WORDS = (*SHELLS, "eval", "source", ".")


class PipedToShell(Rule):
    """A script is run as it is downloaded."""

    id = "W9745"
    shortdesc = "A download without a version is run"
    description = (
        "A script that is downloaded and run is whatever its server returns at that moment, under the build's role: "
        "another tool version tomorrow, or somebody else's code. A download that breaks off runs half a script."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command in subject.commands:
            commands = command.script.commands
            for download, simple in itertools.pairwise(commands):
                piped = simple.before == "|" and _runs_input(simple)
                if piped and download.program in DOWNLOADERS and not is_pinned(download):
                    yield _fault(command, simple)
            yield from _substituted(command, commands)


def _substituted(command: Command, commands: Sequence[SimpleCommand]) -> Iterator[Fault]:
    for simple in commands:
        if simple.program in RUNS_WORDS:
            texts = [piece.inner for word in simple.arguments for piece in word.pieces if piece.inner]
            inner = [one for one in commands if one.program in DOWNLOADERS and one.within]
            if any(text.lstrip().startswith(DOWNLOADERS) for text in texts) and not all(map(is_pinned, inner)):
                yield _fault(command, simple)


def _fault(command: Command, simple: SimpleCommand) -> Fault:
    sentence = f"{simple.program} runs what is downloaded, whatever it is at that moment."
    remedy = "Download a version by name, check its sum (sha256sum --check), then run it; or put it into the image."
    return of(command, simple, sentence, remedy)


def _runs_input(simple: SimpleCommand) -> bool:
    words = [word.text for word in simple.arguments]
    if simple.program in SHELLS:
        return not words or (words[0].startswith("-") and "c" not in words[0])
    return simple.program in INTERPRETERS and words[:1] in ([], ["-"])
