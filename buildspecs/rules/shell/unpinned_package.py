import re
from collections.abc import Iterator, Sequence

from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand, Word

PIP = re.compile(r"pip(?:3(?:\.\d+)?)?")
PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")
INSTALLERS = {"pip", "setuptools", "wheel"}
"""What installs the rest, which is built with a newer one as well."""
WITH_VALUE = {
    "-i",
    "--index-url",
    "--extra-index-url",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "--platform",
    "--python-version",
    "--trusted-host",
    "-f",
    "--find-links",
    "--cache-dir",
    "--proxy",
    "--timeout",
    "--retries",
    "--log",
    "--only-binary",
    "--no-binary",
    "--implementation",
    "--abi",
    "-e",
    "--editable",
}
LISTED = ("-c", "--constraint", "--require-hashes")
"""Options with which a file says the versions."""
NAME = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[\w,. -]*\])?\s*(?P<version>>=?.*)?")
"""A requirement without a version, or with a lower bound alone."""
FILE = re.compile(r"\.(?:whl|zip|tar\.\w+|tgz|txt)$")


class UnpinnedPackage(Rule):
    """pip install of whatever is newest."""

    id = "W9736"
    shortdesc = "A package is installed by its version"
    description = (
        "pip installs the newest version of a package that is named without one: the same commit builds today and "
        "fails after the next release of the package, or runs what somebody else has put there."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands():
            found = [word for word in _required(simple) if _is_unpinned(word)]
            if found:
                names = ", ".join(word.text for word in found)
                sentence = f"pip installs whatever version of {names} is newest."
                yield of(command, found[0], sentence, "Name the version (NAME==1.2.3), or list it in a file (-r).")


def _required(simple: SimpleCommand) -> Sequence[Word]:
    """Return what `pip install` or `python -m pip install` is given besides options and their values."""
    words = list(simple.arguments)
    if PYTHON.fullmatch(simple.program) and [word.text for word in words[:2]] == ["-m", "pip"]:
        words = words[2:]
    elif not PIP.fullmatch(simple.program):
        return ()
    plain = [word.text for word in words if not word.text.startswith("-")]
    if plain[:1] != ["install"] or any(word.text.startswith(LISTED) for word in words):
        return ()
    taken = {index + 1 for index, word in enumerate(words) if word.text in {*WITH_VALUE, "-r", "--requirement"}}
    return [
        word
        for index, word in enumerate(words)
        if index not in taken and not word.text.startswith("-") and word.text != "install"
    ]


def _is_unpinned(word: Word) -> bool:
    found = NAME.fullmatch(word.text) if word.literal and not FILE.search(word.text) else None
    return found is not None and found["name"].lower() not in INSTALLERS and "<" not in (found["version"] or "")
