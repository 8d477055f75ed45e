from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.secrets.revealing import following
from buildspecs.rules.subject import Subject

OPTIONS = ("-p", "--password")


class PasswordInLogin(Rule):
    """docker login takes the password as an argument."""

    id = "W9765"
    shortdesc = "docker login is given the password as an argument"
    description = (
        "docker itself warns of -p: the password is seen by every process, and is in the log when the command is "
        "traced or fails."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("docker", "podman", "finch", "helm", "crane"):
            words = simple.arguments
            if "login" not in [word.text for word in words[:3]] or "--password-stdin" in simple.options():
                continue
            added = words[-1:] if "xargs" in simple.wrappers and words[-1].text in OPTIONS else ()
            for word in (*following(words, *OPTIONS), *added):
                remedy = 'Pipe it in: echo "$PASSWORD" | docker login --username NAME --password-stdin HOST.'
                yield of(command, word, f"{simple.program} login gets the password on the command line.", remedy)
                break
