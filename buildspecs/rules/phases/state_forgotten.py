from collections.abc import Iterator

from buildspecs.reading.reader import OLD_VERSION
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

CHANGES_STATE = {"cd": "enters a directory", "export": "sets a variable", "source": "reads a file", ".": "reads a file"}


class StateForgotten(Rule):
    """A command of version 0.1 that only prepares the next."""

    id = "W9733"
    shortdesc = "With version 0.1, what one command sets is gone before the next"
    description = (
        "Version 0.1 runs each command in a shell of its own: a cd or an export that is a command of its own has no "
        "effect on those that follow."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        if subject.version != OLD_VERSION:
            return
        for command in subject.commands:
            last = command.script.commands[-1] if command.script.commands else None
            if last is not None and not last.within and last.program in CHANGES_STATE:
                sentence = (
                    f"'{last.program}' {CHANGES_STATE[last.program]} for this command alone: version 0.1 forgets it."
                )
                yield of(command, last, sentence, "Write version: 0.2, or join the commands with &&.")
