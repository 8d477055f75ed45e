import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.secrets.revealing import secret_in
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

TRACED, UNTRACED = re.compile(r"-[a-wyz]*x[a-z]*"), re.compile(r"\+[a-wyz]*x[a-z]*")


class CommandsTraced(Rule):
    """Commands are printed with the secrets in them."""

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
