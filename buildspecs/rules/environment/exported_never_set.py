import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject

OF_CODEBUILD = ("CODEBUILD_", "AWS_")
READS_OTHERS = {"source", ".", "eval", "read", "mapfile", "readarray"}
"""Builtins that set variables which are not written in the buildspec."""
ASSIGNED = re.compile(r"(?<![\w$])([A-Za-z_]\w*)\+?=")
TAKES_NAME = re.compile(r"\b(?:for|getopts|printf -v)\b")
STATEMENT_END, WORD = re.compile(r"[;\n]"), re.compile(r"\w+")


class ExportedNeverSet(Rule):
    """An exported variable that nothing sets."""

    id = "W9721"
    shortdesc = "An exported variable is never set"
    description = (
        "exported-variables hand values to later actions of a pipeline. One that neither env, nor the project, nor a "
        "command of the buildspec sets is handed on empty; a script that is called can not set it."
    )
    source_url = (
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.exported-variables"
    )

    def faults(self, subject: Subject) -> Iterator[Fault]:
        environment = subject.buildspec.environment
        given = {*environment.variables, *environment.parameter_store, *environment.secrets_manager}
        given |= set(subject.project.variables or ())
        if subject.on_windows or not subject.is_whole or any(True for _ in subject.simple_commands(*READS_OTHERS)):
            return
        for index, name in enumerate(environment.exported_variables):
            if name not in given and not name.startswith(OF_CODEBUILD) and not _is_set(name, subject):
                sentence = f"{name} is exported, but neither env nor any command sets it."
                remedy = f"Set it in a command (export {name}=...), or leave it out of exported-variables."
                yield at(subject, ("env", "exported-variables", index), sentence, remedy)


def _is_set(name: str, subject: Subject) -> bool:
    return any(name in _sets(command.text) for command in subject.all_commands)


def _sets(text: str) -> Iterator[str]:
    """Return the names that a command assigns to, and the words after those that may."""
    yield from ASSIGNED.findall(text)
    for statement in STATEMENT_END.split(text):
        taking = TAKES_NAME.search(statement)
        if taking:
            yield from WORD.findall(statement, taking.end())
