"""Secrets that get into a build's log."""

import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.secrets.revealing import reaches_log, secret_in
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

TRACED, UNTRACED = re.compile(r"-[a-wyz]*x[a-z]*"), re.compile(r"\+[a-wyz]*x[a-z]*")


class CommandsTraced(Rule):
    id = "W9762"
    shortdesc = "Commands are traced that have secrets in them"
    description = (
        "After set -x the shell prints each command with the values of its variables. One that uses a secret puts it "
        "into the log."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command in subject.commands:
            tracing: SimpleCommand | None = None
            for simple in command.script.commands:
                if simple.program == "set":
                    tracing = _traces(simple, tracing)
                elif tracing is not None and (name := _secret(simple, subject)):
                    sentence = f"set -x prints the commands, and with them the value of {name}."
                    yield of(
                        command, tracing, sentence, "Leave out -x, or end it with set +x before the secret is used."
                    )
                    break


def _traces(simple: SimpleCommand, before: SimpleCommand | None) -> SimpleCommand | None:
    words = [word.text for word in simple.arguments]
    if any(TRACED.fullmatch(word) for word in words) or words[:2] == ["-o", "xtrace"]:
        return simple
    return None if any(UNTRACED.fullmatch(word) for word in words) else before


def _secret(simple: SimpleCommand, subject: Subject) -> str:
    return next((name for word in simple.words if (name := secret_in(word, subject.secrets))), "")


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


PRINTERS = ("echo", "printf")


class SecretPrinted(Rule):
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


FETCHES = {
    ("secretsmanager", "get-secret-value"): "",
    ("secretsmanager", "get-random-password"): "",
    ("ssm", "get-parameter"): "--with-decryption",
    ("ssm", "get-parameters"): "--with-decryption",
    ("ssm", "get-parameters-by-path"): "--with-decryption",
    ("ecr", "get-login-password"): "",
    ("ecr-public", "get-login-password"): "",
    ("codeartifact", "get-authorization-token"): "",
    ("rds", "generate-db-auth-token"): "",
    ("sts", "assume-role"): "",
    ("sts", "get-session-token"): "",
}
"""Commands of the AWS CLI that answer with a secret, and the option that they do so with."""

TELLS_OTHERS = ("ARN", "Name", "VersionId", "Version", "CreatedDate", "Parameter.Name", "Parameter.ARN")


class SecretFetchedToLog(Rule):
    id = "W9766"
    shortdesc = "A secret is fetched and written to the log"
    description = (
        "The AWS CLI prints what it receives. A secret that a command fetches without keeping it goes to the build's "
        "log, and CodeBuild does not mask it: it knows those of env alone."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("aws"):
            words = [word.text for word in simple.arguments]
            fetched = next((names for names in FETCHES if list(names) == words[: len(names)]), None)
            if fetched is None or not reaches_log(command, simple) or FETCHES[fetched] not in (*words, ""):
                continue
            if not any(words[at : at + 2] == ["--query", other] for at in range(len(words)) for other in TELLS_OTHERS):
                sentence = f"'aws {' '.join(fetched)}' prints the secret to the log."
                remedy = (
                    "Keep the answer (NAME=$(aws ...)) or pipe it on, or name the secret under env/secrets-manager."
                )
                yield of(command, simple, sentence, remedy)
