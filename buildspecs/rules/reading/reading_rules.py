"""What the reader finds, told as rules."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from buildspecs.reading.document import Position
from buildspecs.reading.problems import Kind, Problem
from buildspecs.reading.reader import FIRST_VERSION, OLD_VERSION
from buildspecs.rules.rule import REFERENCE, Fault, Rule
from buildspecs.rules.subject import Subject

LINE = re.compile(r" at line \d+")
"""A finding has its line beside the sentence."""

HOLDS_ANCHORS = ("x-", ".", "_")
"""How people begin keys of their own, to keep what anchors refer to."""


@dataclass(frozen=True)
class ReadingRule(Rule):
    """Tells the reader's problems of ``kind``, with one remedy for all."""

    id: str
    shortdesc: str
    description: str
    kind: Kind
    remedy: str
    remedies: Mapping[str, str] = field(default_factory=dict)
    """Others, by words of the sentence that they belong to."""
    source_url: str = REFERENCE

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for problem in subject.problems:
            if problem.kind is self.kind and not self.allowed(problem) and not _is_misspelt(problem, subject):
                sentence = LINE.sub("", problem.message).rstrip(".") + "."
                yield Fault(_place(subject, problem), problem.path, sentence, self.remedy_of(problem))

    def remedy_of(self, problem: Problem) -> str:
        """Return what mends this one: the rule's remedy, unless its sentence calls for another."""
        return next((remedy for said, remedy in self.remedies.items() if said in problem.message), self.remedy)

    def allowed(self, problem: Problem) -> bool:
        """Return whether this one is none for AWS."""
        del problem
        return False


def _is_misspelt(problem: Problem, subject: Subject) -> bool:
    """Return whether what is missing stands there under another name, of which another rule tells."""
    wanted = f"did you mean {problem.message.split()[0]}?"
    return problem.kind is Kind.MISSING and any(
        other.path[:-1] == problem.path and wanted in other.message
        for other in subject.problems
        if other.kind is Kind.UNKNOWN and not str(other.path[-1]).startswith(HOLDS_ANCHORS)
    )


def _place(subject: Subject, problem: Problem) -> Position:
    """Return the key that lacks something or holds too much; the reader tells of the first line below it."""
    return subject.position(problem.path) if problem.kind in (Kind.MISSING, Kind.LIMIT) else problem.position


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


class UnknownKey(ReadingRule):
    """Keys of which nothing is known: older versions had others, and people keep some of their own at the top."""

    def faults(self, subject: Subject) -> Iterator[Fault]:
        return iter(()) if subject.version in {FIRST_VERSION, OLD_VERSION} else super().faults(subject)

    def allowed(self, problem: Problem) -> bool:
        return len(problem.path) == 1 and str(problem.path[0]).startswith(HOLDS_ANCHORS)


READING_RULES = (
    ReadingRule(
        "E9701",
        "A buildspec is a mapping in YAML",
        "A build whose buildspec can not be read as YAML ends in DOWNLOAD_SOURCE with YAML_FILE_ERROR.",
        Kind.YAML,
        "Fix the YAML there: indent with spaces, quote what has a colon or begins with a special character.",
        remedies={
            "UTF-8": "Save the file as UTF-8.",
            "not a mapping": "Begin with the keys of a buildspec.",
            "anchor": "Name the anchor somewhere else than below itself.",
            "excessive aliasing": "Make the file shorter.",
            "a key must be": "Write a plain word as the key.",
        },
    ),
    ReadingRule(
        "E9702",
        "Phases are install, pre_build, build and post_build",
        "CodeBuild knows four phases and refuses any other name with YAML_FILE_ERROR.",
        Kind.PHASE,
        "Rename the phase, or move its commands to one of the four.",
    ),
    UnknownKey(
        "W9703",
        "A key that CodeBuild does not know, or not there",
        "What is under a key that is misspelt, or that belongs elsewhere, has no effect: a timeout, a cache or a "
        "clean-up that was meant to be there is missing without a word.",
        Kind.UNKNOWN,
        "Rename it, move it to where it belongs, or delete it.",
    ),
    ReadingRule(
        "W9704",
        "A key that is needed is not there",
        "Phases need commands, artifacts and reports need files, caches need paths, tasks of a batch need "
        "identifiers: without them the buildspec is refused, or does nothing.",
        Kind.MISSING,
        "Write the key, or leave out what needs it.",
    ),
    ReadingRule(
        "W9705",
        "A command is empty",
        "A dash with nothing or a comment behind it is a null. Published builds run with such items, which CodeBuild "
        "passes over, but nothing documents it.",
        Kind.NULL,
        "Write the command behind the dash, or delete the dash.",
    ),
    ReadingRule(
        "W9706",
        "A key has nothing below it",
        "A key whose items are all commented out, or indented less than it, has the value null, which is not a list, "
        "mapping or string.",
        Kind.EMPTY,
        "Indent what belongs to it, or delete the key.",
    ),
    ReadingRule(
        "E9707",
        "A colon and a space make a mapping of a command",
        'YAML takes an unquoted command with a colon and a space in it, such as echo "Status: done", for a key and a '
        "value. CodeBuild refuses it: found subkeys instead.",
        Kind.MAPPING,
        "Put the whole item in single quotes, or write it below a | on lines of its own.",
    ),
    ReadingRule(
        "E9708",
        "A value is of another type than the key takes",
        "CodeBuild expects a string, a list or a mapping there and refuses anything else with YAML_FILE_ERROR.",
        Kind.TYPE,
        "Write the value in that form.",
    ),
    ReadingRule(
        "E9709",
        "The version is 0.2 (or 0.1)",
        "A buildspec says the version of its form; there are two, and 0.2 is the recommended one.",
        Kind.VERSION,
        "Write version: 0.2 as the first line.",
        source_url=REFERENCE + "#build-spec-ref-versions",
    ),
    ReadingRule(
        "E9711",
        "A value is not one of those allowed",
        "Some keys take one of a few values (file-format, shell, action, yes and no); CodeBuild refuses others.",
        Kind.VALUE,
        "Write one of those.",
    ),
    ReadingRule(
        "E9712",
        "on-failure is ABORT, CONTINUE or RETRY with a count and a pattern",
        "on-failure takes ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex or RETRY-count-regex; CodeBuild refuses "
        "others.",
        Kind.ON_FAILURE,
        "Write one of those; ABORT ends the build when the phase fails.",
    ),
    ReadingRule(
        "W9713",
        "Names of variables have letters, digits and underscores",
        "Shells know no variable of any other name; the commands could not use it.",
        Kind.NAME,
        "Rename the variable: a letter or underscore, then letters, digits and underscores.",
    ),
    ReadingRule(
        "W9714",
        "Names that begin with CODEBUILD_ are reserved",
        "CodeBuild sets its own variables under that prefix, and says not to use it. Published builds run with such "
        "names; a later version of CodeBuild may give them another value.",
        Kind.RESERVED,
        "Give the variable another name.",
    ),
    ReadingRule(
        "E9715",
        "A value of secrets-manager is secret-id:json-key:version-stage:version-id",
        "CodeBuild reads the secret that the reference names before any command runs; one that is malformed ends the "
        "build.",
        Kind.REFERENCE,
        "Write secret-id, then json-key, version-stage and version-id as needed, with colons between.",
        source_url=REFERENCE + "#build-spec.env.secrets-manager",
    ),
    ReadingRule(
        "E9716",
        "More than CodeBuild takes",
        "A buildspec may have five report groups, and a cache five fallback keys.",
        Kind.LIMIT,
        "Leave some out.",
        source_url="https://docs.aws.amazon.com/codebuild/latest/userguide/test-report.html",
    ),
    ReadingRule(
        "E9717",
        "A batch that can not be built",
        "A batch is one of build-list, build-graph, build-matrix and build-fanout; its tasks have identifiers of "
        "their own and depend on each other without a circle.",
        Kind.BATCH,
        "Write such a number.",
        source_url="https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html",
        remedies={
            "depend-on": "Name one of them, or add the task.",
            "wait for each other": "Take one of them out of a depend-on.",
            "given to two tasks": "Give each its own.",
            "one kind of batch": "Keep one of them.",
            "only one of them": "Keep one of them.",
        },
    ),
    ReadingRule(
        "W9718",
        "A key is given twice",
        "Of two equal keys of a mapping CodeBuild takes the last, as published builds show; nothing documents it. What "
        "stands below the first has no effect.",
        Kind.TWICE,
        "Keep one of the two, with what is below both.",
    ),
)
