from collections.abc import Iterator

from aws_facts import facts
from buildspecs.distributions import distribution
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

MANAGERS = ("yum", "dnf", "apt", "apt-get")


class PackageNotOnImage(Rule):
    """A package that the distribution does not have."""

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
