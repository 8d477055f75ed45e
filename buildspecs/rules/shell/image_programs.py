"""Programs that the build's image does not have."""

from collections.abc import Iterator

from aws_facts import facts
from buildspecs.images import distribution
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject


class CommandNotOnImage(Rule):
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


MANAGERS = ("yum", "dnf", "apt", "apt-get")


class PackageNotOnImage(Rule):
    id = "W9744"
    shortdesc = "The distribution has no package of that name"
    description = (
        "Amazon Linux 2023 names packages by their version where Amazon Linux 2 did not, and has neither extras nor "
        "EPEL; yum ends with: No match for argument."
    )
    source_url = "https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        system = distribution(subject)
        packages = facts("codebuild_programs")["distributions"].get(system, {}).get("packages", {})
        added = any(
            "repo" in word.text for _, simple in subject.simple_commands(*MANAGERS) for word in simple.arguments
        )
        if not packages or added or any(True for _ in subject.simple_commands("amazon-linux-extras")):
            return
        for command, simple in subject.simple_commands(*MANAGERS):
            names = [word for word in simple.arguments if word.text in packages]
            if "install" in [word.text for word in simple.arguments]:
                for word in names:
                    sentence = f"{system} has no package '{word.text}'."
                    yield of(command, word, sentence, f"Install {packages[word.text]['instead']}.")
