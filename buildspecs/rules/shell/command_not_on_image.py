from collections.abc import Iterator

from aws_facts import facts
from buildspecs.distributions import distribution
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject


class CommandNotOnImage(Rule):
    """A program that the image does not have."""

    id = "W9743"
    shortdesc = "The image does not have that command"
    description = (
        "CodeBuild's images have many tools, but not the same: those of Amazon Linux 2023 have neither nc nor psql "
        "nor apt-get, those of Ubuntu have no yum. A command that is missing fails the build, or keeps a loop waiting "
        "that takes the failure for not yet."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        system = distribution(subject)
        known = facts("codebuild_programs")["distributions"].get(system)
        if known is None:
            return
        said = " ".join(command.text for command in subject.commands)
        for command, simple in subject.simple_commands(*known["programs"]):
            fact = known["programs"][simple.program]
            if not any(word in said for word in fact["shown_by"]) and not _is_tested(command.text, simple.program):
                sentence = f"The images of {system} have no {simple.program}."
                yield of(command, simple, sentence, f"{fact['instead']}.")


def _is_tested(text: str, program: str) -> bool:
    return any(f"{test} {program}" in text for test in ("command -v", "which", "type", "hash", "[ -x"))
