from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.secrets.revealing import reaches_log, secret_in
from buildspecs.rules.subject import Subject

PRINTERS = ("echo", "printf")


class SecretPrinted(Rule):
    """A secret is written to the log."""

    id = "W9760"
    shortdesc = "A secret is printed to the log"
    description = (
        "What a command prints stays in the build's log, for all who may read that. CodeBuild masks the exact value "
        "alone, not a part of it or its encoding."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands(*PRINTERS, "printenv"):
            if not reaches_log(command, simple):
                continue
            for word in simple.arguments:
                asked = word.text if simple.program == "printenv" and word.text in subject.secrets else ""
                name = asked or secret_in(word, subject.secrets)
                if name:
                    sentence = f"{name} comes from {subject.secrets[name]} and is printed to the log."
                    yield of(command, word, sentence, "Leave it out, or print whether it is set.")
