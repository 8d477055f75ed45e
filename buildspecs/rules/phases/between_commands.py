"""What one command leaves to the next."""

from collections.abc import Iterator

from buildspecs.reading.reader import OLD_VERSION
from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

OWN_PROCESS = {"(", "$(", "sh -c", "timeout", "function"}


class ExitEndsCommand(Rule):
    id = "W9734"
    shortdesc = "exit 0 ends one command, not the build"
    description = (
        "Each item of commands is a script of its own. exit 0 ends that item as a success and the next one runs, and "
        "so do the later phases: a build that was to be skipped builds and pushes."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        commands = [command for command in subject.commands if not command.in_finally]
        for command in commands[:-1]:
            for simple in command.script.commands:
                if _ends_well(simple) and not _skips_more(command, simple):
                    sentence = "exit 0 ends this command alone: the commands and phases after it run."
                    remedy = (
                        "Put what is to be skipped into the same item, or stop the build (aws codebuild stop-build)."
                    )
                    yield of(command, simple, sentence, remedy)


def _ends_well(simple: SimpleCommand) -> bool:
    inside = any(one.block.kind in OWN_PROCESS for one in simple.within)
    return simple.program == "exit" and [word.text for word in simple.arguments] in ([], ["0"]) and not inside


def _skips_more(command: Command, simple: SimpleCommand) -> bool:
    """Return whether commands of the same item are left out by it, which is what it is for."""
    return command.script.commands[-1] is not simple


CHANGES_STATE = {"cd": "enters a directory", "export": "sets a variable", "source": "reads a file", ".": "reads a file"}


class StateForgotten(Rule):
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
