"""Which commands may make a file that they do not name."""

import re

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
