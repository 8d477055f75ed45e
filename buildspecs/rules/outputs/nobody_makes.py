"""Files that are taken and that no command makes."""

import difflib
import re
from collections.abc import Iterator, Sequence

from buildspecs.reading.document import Path
from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand

WRITE_NOTHING = frozenset(
    [
        ":",
        "[",
        "[[",
        "apt",
        "apt-get",
        "awk",
        "case",
        "cat",
        "cd",
        "chmod",
        "cut",
        "date",
        "dnf",
        "echo",
        "env",
        "exit",
        "export",
        "false",
        "for",
        "grep",
        "head",
        "hostname",
        "jq",
        "ls",
        "mkdir",
        "pip",
        "pip3",
        "printenv",
        "printf",
        "pwd",
        "rm",
        "sed",
        "set",
        "sleep",
        "tail",
        "test",
        "tr",
        "trap",
        "true",
        "uname",
        "unset",
        "wc",
        "which",
        "whoami",
        "yum",
    ]
)
"""Programs that leave no file in the source but those that the command names."""

MAKE_NO_IMAGE_DEFINITIONS = frozenset(
    [
        "bundle",
        "cargo",
        "composer",
        "curl",
        "dotnet",
        "flake8",
        "git",
        "go",
        "gradle",
        "gradlew",
        "helm",
        "java",
        "kubectl",
        "mvn",
        "mvnw",
        "mypy",
        "node",
        "pytest",
        "ruff",
        "wget",
    ]
)
"""What also does not make the file that tells a deployment of its image."""

INSTALLERS = {("npm", "ci"), ("npm", "install"), ("npm", "test"), ("yarn", "install")}
IMAGE_DEFINITIONS = ("imagedefinitions.json", "imageDetail.json")
AWS_WRITES = re.compile(r"\bs3\b|--outfile|\bcodeartifact\b|get-object|package|\bdownload\b")
DOCKER_WRITES = {"cp", "run", "compose", "save", "export", "exec", "-o", "--output"}
SCRIPT_RUNNERS = {"bash", "sh", "source", ".", "python", "python3", "node", "ruby", "perl"}
CALLS_OTHERS = re.compile(r"\b(?:bash|sh|make|npm|python3?)\b|\./")


def may_make(simple: SimpleCommand, name: str, subject: Subject) -> bool:
    """Return whether a command may make the file ``name``, which it does not name."""
    words = [word.text for word in simple.arguments]
    if any(one.target is not None and not one.target.literal for one in simple.redirects):
        return True
    if simple.program == "docker":
        return bool(DOCKER_WRITES & set(words))
    if simple.program == "aws":
        return bool(AWS_WRITES.search(" ".join(words)))
    if not simple.words or simple.program in WRITE_NOTHING:
        return False
    of_images = simple.program in MAKE_NO_IMAGE_DEFINITIONS or (simple.program, *words[:1]) in INSTALLERS
    return not (name in IMAGE_DEFINITIONS and of_images) and _script_may_make(simple, name, subject)


def _script_may_make(simple: SimpleCommand, name: str, subject: Subject) -> bool:
    """Look into a script of the source that is called; one that can't be read may write anything."""
    words = [word.text for word in simple.arguments if not word.text.startswith("-")]
    runs = simple.program in SCRIPT_RUNNERS
    file = (words[0] if words else "") if runs else next((word.text for word in simple.words if "/" in word.text), "")
    text = subject.project.source(file.removeprefix("./")) if file else None
    return text is None or name in text or bool(CALLS_OTHERS.search(text))


WRITING = (">", ">>", "1>", ">|")
ALIKE = 0.9
PLAIN, PART_OF_WORD = re.compile(r"[\w./-]+"), re.compile(r"[\w-]")


class NobodyMakes(Rule):
    id = "W9772"
    shortdesc = "No command makes a file that later actions take"
    description = (
        "UPLOAD_ARTIFACTS fails with: no matching artifact paths found. This is reported only where all commands are "
        "known not to write the file, and none names it."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts.files"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        if not subject.commands or not subject.is_whole:
            return
        for path, base, name in _wanted(subject):
            leaf = name.rpartition("/")[2]
            known = PLAIN.fullmatch(name) and "." in leaf
            if (
                known
                and not _is_named(leaf, subject)
                and not _is_there(base, name, subject)
                and _none_makes(leaf, subject)
            ):
                sentence = f"No command makes {name}."
                yield at(subject, path, sentence, "Write it in a command, or fix its name.")


def _wanted(subject: Subject) -> Iterator[tuple[Path, str, str]]:
    spec = subject.buildspec
    groups: list[tuple[Path, str, Sequence[str]]] = []
    if spec.artifacts:
        groups.append((("artifacts", "files"), spec.artifacts.base_directory, spec.artifacts.files))
    for name, artifact in spec.secondary_artifacts.items():
        path: Path = ("artifacts", "secondary-artifacts", name, "files")
        groups.append((path, artifact.base_directory, artifact.files))
    for name, report in spec.reports.items():
        groups.append((("reports", name, "files"), report.base_directory, report.files))
    for above, base, files in groups:
        for index, file in enumerate(files):
            yield (*above, index), base, file


def _is_named(leaf: str, subject: Subject) -> bool:
    words = {leaf, leaf.rpartition(".")[0]} - {""}
    return any(_stands_in(word, command.text) for word in words for command in subject.all_commands)


def _stands_in(word: str, text: str) -> bool:
    """Return whether ``text`` has ``word``, and not only as a part of a longer one."""
    place = text.find(word)
    while place >= 0:
        before = text[place - 1 : place] if place else ""
        if not PART_OF_WORD.match(before) and not PART_OF_WORD.match(text, place + len(word)):
            return True
        place = text.find(word, place + 1)
    return False


def _is_there(base: str, name: str, subject: Subject) -> bool:
    """Return whether the source has the file, or may have: most files that are handed on stand in it."""
    if not subject.project.has_source:
        leaf = name.rpartition("/")[2]
        return leaf not in IMAGE_DEFINITIONS and not _is_misspelt(leaf, subject)
    place = name if base in (".", "") else f"{base.rstrip('/')}/{name}"
    return subject.project.source(place) is not None


def _is_misspelt(leaf: str, subject: Subject) -> bool:
    """Return whether a command writes a file of nearly this name, which is handed on nowhere."""
    handed = {name.rpartition("/")[2] for _, _, name in _wanted(subject)}
    targets = (one for _, simple in subject.simple_commands() for one in simple.redirects if one.operator in WRITING)
    made = {one.target.text.rpartition("/")[2] for one in targets if one.target and one.target.literal} - handed
    return bool(difflib.get_close_matches(leaf, made, 1, ALIKE))


def _none_makes(leaf: str, subject: Subject) -> bool:
    return not any(may_make(simple, leaf, subject) for _, simple in subject.simple_commands())
