"""Secrets among the words of a command, which other processes see."""

import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.secrets.revealing import following, secret_in
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand, Word

OPTIONS = ("-p", "--password")


class PasswordInLogin(Rule):
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


TAKES_SECRET = {
    "docker": ("--build-arg",),
    "podman": ("--build-arg",),
    "curl": ("-u", "--user"),
    "wget": ("--password", "--http-password"),
    "mysql": ("-p", "--password"),
    "mysqldump": ("-p", "--password"),
    "mysqladmin": ("-p", "--password"),
    "sshpass": ("-p",),
    "redis-cli": ("-a",),
    "mongo": ("-p", "--password"),
    "openssl": ("-passin", "-passout"),
}
"""The options of common programs that people give secrets to, each of which has a safer way."""

INSTEAD = {
    "docker": "Give it as a build secret (--secret id=NAME,env=NAME): build arguments stay in the image's history.",
    "curl": "Give it through a file that curl reads (--config -, --netrc-file).",
    "git": "Use a credential helper, or http.extraHeader from the environment.",
}
NAMES_SECRET = re.compile(r"(?:--|-[DP])(?:[\w-][\w.-]*[.-])?(?:password|passwd|token|secret|api-?key)=", re.IGNORECASE)
"""Options, and properties of Java's tools, that say what they are given."""
IN_ADDRESS = re.compile(r"://[^/\s]*@")


class SecretOnCommandLine(Rule):
    id = "W9763"
    shortdesc = "A secret is passed on a command line"
    description = (
        "Arguments are seen by every process of the build, and programs write them down: a build argument of Docker "
        "into the image's history, an address with a token into git's configuration, which may be handed on as an "
        "artifact."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands():
            for word in _exposed(simple):
                name = secret_in(word, subject.secrets)
                if name:
                    sentence = f"{name} is passed to {simple.program} on the command line."
                    remedy = INSTEAD.get(simple.program, "Give it through the environment, standard input or a file.")
                    yield of(command, word, sentence, remedy)


def _exposed(simple: SimpleCommand) -> Iterator[Word]:
    yield from following(simple.arguments, *TAKES_SECRET.get(simple.program, ()))
    yield from (word for word in simple.arguments if NAMES_SECRET.match(word.text))
    # In git's configuration of the user it stays outside of what is handed on.
    if "config" not in [word.text for word in simple.arguments[:1]] and simple.program in (
        "git",
        "psql",
        "pg_dump",
        "mongosh",
        "curl",
        "wget",
    ):
        yield from (word for word in simple.arguments if IN_ADDRESS.search(word.text))
