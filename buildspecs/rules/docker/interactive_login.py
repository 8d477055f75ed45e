from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

PASSWORD = ("--password-stdin", "--password", "-p")


class InteractiveLogin(Rule):
    """docker login asks for a password."""

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
