from collections.abc import Iterator

from buildspecs.reading.problems import Kind
from buildspecs.reading.reader import FIRST_VERSION
from buildspecs.rules.rule import REFERENCE, Fault, Rule
from buildspecs.rules.subject import Subject


class OldVersion(Rule):
    id = "W9710"
    shortdesc = "Version 0.2 runs all commands in one shell"
    description = (
        "With version 0.1, a directory or a variable that one command sets is forgotten before the next. Version 0.2 "
        "runs all commands in one shell, and is what CodeBuild recommends. Version 0.0 is the form of its preview, "
        "which nothing documents."
    )
    source_url = REFERENCE + "#build-spec-ref-versions"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for problem in subject.problems:
            if problem.kind is Kind.OLD:
                first = subject.version == FIRST_VERSION
                sentence = "Version 0.1 runs each command in a shell of its own."
                sentence = "Version 0.0 is the form of CodeBuild's preview." if first else sentence
                yield Fault(problem.position, problem.path, sentence, "Write version: 0.2.")
