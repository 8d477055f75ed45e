"""Variables: declared, set, exported."""

import re
from collections.abc import Iterator

from buildspecs.rules.rule import REFERENCE, Fault, Rule, at
from buildspecs.rules.subject import Subject

SECTIONS = ("variables", "parameter-store", "secrets-manager")


class DuplicatedVariable(Rule):
    id = "W9720"
    shortdesc = "A variable is set in two sections of env"
    description = (
        "A name that is in variables and in parameter-store or secrets-manager gets one of the values, and which "
        "one is not documented; a placeholder in variables may win over the secret."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        environment = subject.buildspec.environment
        given: dict[str, str] = {}
        for section, names in zip(
            SECTIONS,
            (environment.variables, environment.parameter_store, environment.secrets_manager),
            strict=True,
        ):
            for name in names:
                if name in given:
                    sentence = f"{name} is set in env/{given[name]} and again in env/{section}."
                    yield at(subject, ("env", section, name), sentence, "Keep one of the two.")
                given.setdefault(name, section)


OF_CODEBUILD = ("CODEBUILD_", "AWS_")
READS_OTHERS = {"source", ".", "eval", "read", "mapfile", "readarray"}
"""Builtins that set variables which are not written in the buildspec."""
ASSIGNED = re.compile(r"(?<![\w$])([A-Za-z_]\w*)\+?=")
TAKES_NAME = re.compile(r"\b(?:for|getopts|printf -v)\b")
STATEMENT_END, WORD = re.compile(r"[;\n]"), re.compile(r"\w+")


class ExportedNeverSet(Rule):
    id = "W9721"
    shortdesc = "An exported variable is never set"
    description = (
        "exported-variables hand values to later actions of a pipeline. One that neither env, nor the project, nor a "
        "command of the buildspec sets is handed on empty; a script that is called can not set it."
    )
    source_url = REFERENCE + "#build-spec.env.exported-variables"

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


class NeverExported(Rule):
    id = "W9723"
    shortdesc = "A variable is exported that CodeBuild keeps to itself"
    description = (
        "CodeBuild exports neither secrets nor variables whose names begin with AWS_: later actions of the pipeline "
        "find nothing under that name. A secret that was exported would be shown in the pipeline's variables for all "
        "to read."
    )
    source_url = REFERENCE + "#build-spec.env.exported-variables"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for index, name in enumerate(subject.buildspec.environment.exported_variables):
            kept = "its name begins with AWS_" if name.startswith("AWS_") else ""
            if name in subject.secrets:
                kept = f"it is a secret, from {subject.secrets[name]}"
            if kept:
                remedy = "Leave it out; let the later action read it itself."
                yield at(subject, ("env", "exported-variables", index), f"{name} is not exported: {kept}.", remedy)


NAME = re.compile(r"[A-Za-z0-9_.\-/]+(?::[A-Za-z0-9_.\-]+)?|arn:[^\s{}]+")


class WrongParameterName(Rule):
    id = "E9722"
    shortdesc = "A value of parameter-store is the name of a parameter"
    description = (
        "CodeBuild asks Systems Manager for the parameter of exactly that name before any command runs. Names have "
        "letters, digits, and . - _ /; neither CloudFormation's {{resolve:...}} nor ssm: belong there."
    )
    source_url = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for name, value in subject.buildspec.environment.parameter_store.items():
            wrong = not NAME.fullmatch(value) or value.startswith("ssm:")
            if value and "$" not in value and wrong:
                sentence = f"'{value}' is not the name of a parameter."
                remedy = "Write the name as Parameter Store has it, such as /shop/api/TOKEN."
                yield at(subject, ("env", "parameter-store", name), sentence, remedy)
