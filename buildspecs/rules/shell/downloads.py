"""Commands that download, and what they ask for."""

import itertools
import re
from collections.abc import Iterator, Sequence

from buildspecs.rules.rule import Command, Fault, Rule, of
from buildspecs.rules.subject import Subject
from buildspecs.shell import SimpleCommand, Word

DOWNLOADERS = ("curl", "wget")
ADDRESS = re.compile(r"(?:https?|ftp)://")
VERSION = re.compile(r"(?<![\d.])v?\d+\.\d+(?:\.\d+)+|/[0-9a-f]{40}/|@[0-9a-f]{40}\b|/v?\d+\.\d+/")
INSTANCE_METADATA = ("http://169.254.", "https://169.254.")


def addresses(command: SimpleCommand) -> Sequence[str]:
    """Return the addresses that a download names, as they are written."""
    return [word.text for word in command.arguments if ADDRESS.match(word.text)]


def is_pinned(command: SimpleCommand) -> bool:
    """Return whether the address names a version or commit, or may do so through a variable."""
    found = addresses(command)
    return not found or any(VERSION.search(address) or "$" in address for address in found)


LATEST = re.compile(r"[/_.-](?:latest|nightly)(?:[/_.-]|$)")
NOT_A_FILE = ("https://api.", "http://localhost", "http://127.")


class LatestDownload(Rule):
    id = "W9746"
    shortdesc = "A download names no version but the latest"
    description = (
        "An address with latest in it returns another file after each release of its maker: the same commit builds "
        "today and fails tomorrow, and nothing shows what it was built with."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands(*DOWNLOADERS):
            for address in addresses(simple):
                if LATEST.search(address) and not address.startswith((*INSTANCE_METADATA, *NOT_A_FILE)):
                    sentence = f"'{address}' is another file after each release."
                    yield of(command, simple, sentence, "Name a version in the address, and check the file's sum.")
        for command, simple in subject.simple_commands("go"):
            module = next((word.text for word in simple.arguments if word.text.endswith("@latest")), "")
            if module and simple.arguments[0].text in ("install", "run", "get"):
                sentence = f"'{module}' is another program after each release."
                yield of(command, simple, sentence, "Name a version instead of latest.")


SHELLS = ("sh", "bash", "zsh", "dash")
INTERPRETERS = ("python", "python3", "node", "perl", "ruby", "php")
RUNS_WORDS = (*SHELLS, "eval", "source", ".")


class PipedToShell(Rule):
    id = "W9745"
    shortdesc = "A download without a version is run"
    description = (
        "A script that is downloaded and run is whatever its server returns at that moment, under the build's role: "
        "another tool version tomorrow, or somebody else's code. A download that breaks off runs half a script."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command in subject.commands:
            commands = command.script.commands
            for download, simple in itertools.pairwise(commands):
                piped = simple.before == "|" and _runs_input(simple)
                if piped and download.program in DOWNLOADERS and not is_pinned(download):
                    yield _fault(command, simple)
            yield from _substituted(command, commands)


def _substituted(command: Command, commands: Sequence[SimpleCommand]) -> Iterator[Fault]:
    for simple in commands:
        if simple.program in RUNS_WORDS:
            texts = [piece.inner for word in simple.arguments for piece in word.pieces if piece.inner]
            inner = [one for one in commands if one.program in DOWNLOADERS and one.within]
            if any(text.lstrip().startswith(DOWNLOADERS) for text in texts) and not all(map(is_pinned, inner)):
                yield _fault(command, simple)


def _fault(command: Command, simple: SimpleCommand) -> Fault:
    sentence = f"{simple.program} runs what is downloaded, whatever it is at that moment."
    remedy = "Download a version by name, check its sum (sha256sum --check), then run it; or put it into the image."
    return of(command, simple, sentence, remedy)


def _runs_input(simple: SimpleCommand) -> bool:
    words = [word.text for word in simple.arguments]
    if simple.program in SHELLS:
        return not words or (words[0].startswith("-") and "c" not in words[0])
    return simple.program in INTERPRETERS and words[:1] in ([], ["-"])


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
