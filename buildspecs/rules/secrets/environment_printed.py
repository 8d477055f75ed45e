from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.secrets.revealing import reaches_log
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

PRINTS_ALL = {
    ("env",),
    ("printenv",),
    ("set",),
    ("export",),
    ("export", "-p"),
    ("declare",),
    ("declare", "-p"),
    ("declare", "-x"),
}


class EnvironmentPrinted(Rule):
    """All variables are written to the log, secrets among them."""

    id = "W9761"
    shortdesc = "The whole environment is printed, with secrets in it"
    description = (
        "env, printenv and set print every variable, and those that come from Secrets Manager or Parameter Store are "
        "among them. The log is kept, and read by more people than the secrets."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        if not subject.secrets:
            return
        for command, simple in subject.simple_commands():
            if _words(simple) in PRINTS_ALL and reaches_log(command, simple):
                name = next(iter(subject.secrets))
                sentence = f"'{' '.join(_words(simple))}' prints every variable, {name} among them."
                yield of(command, simple, sentence, "Print the variables that are wanted, by name.")


def _words(simple: SimpleCommand) -> tuple[str, ...]:
    return tuple(word.text for word in simple.words if word.text != "sudo")
