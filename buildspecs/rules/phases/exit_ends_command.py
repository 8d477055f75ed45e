from collections.abc import Iterator

from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

OWN_PROCESS = {"(", "$(", "sh -c", "timeout", "function"}


class ExitEndsCommand(Rule):
    """exit 0 does not end the build."""

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
