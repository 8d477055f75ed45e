"""Logins at registries. E9751 and W9757 are about ECR's old command."""

from collections.abc import Iterator

from buildspecs.images import has, image, images
from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

CHANGES = "https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html"
SENTENCE = "The AWS CLI 2 has no 'ecr get-login'."
REMEDY = "Write aws ecr get-login-password | docker login --username AWS --password-stdin HOST."


class EcrGetLogin(Rule):
    id = "E9751"
    shortdesc = "aws ecr get-login is not a command of the AWS CLI 2"
    description = (
        "The images that CodeBuild maintains have the AWS CLI 2, which has no get-login: it ends with Invalid choice, "
        "and the build with it, or continues without being logged in."
    )
    source_url = CHANGES

    def faults(self, subject: Subject) -> Iterator[Fault]:
        if _has_second_cli(subject):
            yield from (of(command, simple, SENTENCE, REMEDY) for command, simple in _used(subject))


class EcrGetLoginOfOldImage(Rule):
    id = "W9757"
    shortdesc = "aws ecr get-login keeps a project on the AWS CLI 1"
    description = (
        "The AWS CLI 1 alone has get-login. On an image with the AWS CLI 2, as all have that CodeBuild maintains, it "
        "ends with Invalid choice."
    )
    source_url = CHANGES

    def faults(self, subject: Subject) -> Iterator[Fault]:
        if not _has_second_cli(subject):
            yield from (of(command, simple, SENTENCE, REMEDY) for command, simple in _used(subject))


def _used(subject: Subject) -> Iterator[tuple[Command, SimpleCommand]]:
    for command, simple in subject.simple_commands("aws"):
        words = [word.text for word in simple.arguments]
        if "ecr" in words and "get-login" in words:
            yield command, simple


def _has_second_cli(subject: Subject) -> bool:
    """Check whether the image surely has the AWS CLI 2: it is maintained, or has what only maintained ones have."""
    if any("awscli" in command.text for command in subject.commands):
        return False  # which may well be version 1
    if subject.project.image is not None:
        known = image(subject.project.image)
        return known is not None and not known.ended
    install = subject.buildspec.phases.get("install")
    wanted = install.runtime_versions.items() if install else ()
    return any(
        name in one.runtimes and "$" not in version for name, version in wanted for one in images().values()
    ) and all(
        one.ended is False
        for one in images().values()
        if all(has(one.runtimes.get(name, ()), version) for name, version in wanted)
    )


PASSWORD = ("--password-stdin", "--password", "-p")


class InteractiveLogin(Rule):
    id = "E9750"
    shortdesc = "docker login would ask for a password"
    description = (
        "Without --password-stdin, docker login asks for the password on a terminal. A build has none: Cannot perform "
        "an interactive login from a non TTY device."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("docker", "podman", "finch"):
            words = simple.arguments
            if "xargs" in simple.wrappers:
                continue  # what it adds may be the password
            if words[:1] and words[0].text == "login" and all(word.text or word.quoted for word in words):
                given = any(word.text.split("=")[0].startswith(PASSWORD) for word in words)
                unknown = any(
                    not word.quoted and not word.literal and word.text.startswith("$") for word in words[1:-1]
                )
                if not given and not unknown:
                    remedy = (
                        "Pipe it in: aws ecr get-login-password | docker login --username AWS --password-stdin HOST."
                    )
                    yield of(command, simple, "docker login has no password and would ask for it.", remedy)
