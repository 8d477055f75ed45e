from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

_NO_PROGRAMS = (".yml", ".yaml", ".json", ".xml", ".toml", ".md", ".txt", ".properties")


class FileAsCommand(Rule):
    """The name of a file where a command belongs."""

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
