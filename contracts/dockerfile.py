"""What a Dockerfile makes its image of: base, files, variables, command.

https://docs.docker.com/reference/dockerfile/
"""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

_JOINED = re.compile(r"\\\s*\n")
_COPY = re.compile(r"^[ \t]*(?:COPY|ADD)[ \t]+(.+)$", re.IGNORECASE | re.MULTILINE)
_OPTIONS = re.compile(r"\A(?:--\S+\s+)*+")
_WHOLE = {".", "./", "*", "/"}
FROM = re.compile(
    r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)?([^\s]+)(?:[ \t]+AS[ \t]+(\S+))?[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_ARGUMENT = re.compile(r"^[ \t]*ARG[ \t]+(\w+)=[\"']?([^\s\"']+)", re.IGNORECASE | re.MULTILINE)
_REFERENCE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_VARIABLES = re.compile(r"^[ \t]*ENV[ \t]+(.+)$", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"(?:^|\s)([A-Za-z_]\w*)(?==|\s)")
_STARTED = re.compile(r"^[ \t]*(CMD|ENTRYPOINT)[ \t]+(.+)$", re.IGNORECASE | re.MULTILINE)
_PLAIN = re.compile(r"[\w ./:=()-]*")


def base(text: str) -> str:
    """Return the image that the last stage is made from, in the end; empty where that can't be told."""
    stages, given = FROM.findall(text), dict(_ARGUMENT.findall(text))
    named = {alias.lower(): image for image, alias in stages if alias}
    image = stages[-1][0] if stages else ""
    for _ in named:
        image = named.get(image.lower(), image)
    return _REFERENCE.sub(lambda found: given.get(found[1] or found[2], ""), image)


def variables(text: str) -> set[str]:
    """Return the names of the environment variables that a Dockerfile sets."""
    return {name for line in _VARIABLES.findall(_JOINED.sub(" ", text)) for name in _NAME.findall(line)}


def started(text: str) -> list[str]:
    """Return the words that a container of the image starts with; of a command in a shell's language, none."""
    found = {kind.upper(): given.strip() for kind, given in _STARTED.findall(_JOINED.sub(" ", text))}
    words: list[str] = []
    for kind in ("ENTRYPOINT", "CMD"):
        given = found.get(kind, "[]")
        try:
            words += [str(one) for one in json.loads(given)]
        except (ValueError, TypeError):
            words += given.split() if _PLAIN.fullmatch(given) else []
    return words


def copies(text: str, file: str) -> bool:
    """Return whether ``file``, a path in the folder of the Dockerfile, is copied, or can't be told not to be."""
    copied = list(sources(text))
    above = [str(one) for one in PurePosixPath(file).parents] + [file]
    return any(
        source in _WHOLE
        or "$" in source
        or any(fnmatchcase(one, source.removeprefix("./").rstrip("/")) for one in above)
        for source in copied
    )


def sources(text: str) -> Iterator[str]:
    """Return the paths that a Dockerfile copies from the folder that is sent to the build."""
    for written in _COPY.findall(_JOINED.sub(" ", text)):
        if "--from=" not in written:
            yield from _words(written)[:-1]


def _words(written: str) -> list[str]:
    given = _OPTIONS.sub("", written.strip())
    if given.startswith("["):
        try:
            return [str(one) for one in json.loads(given)]
        except ValueError:
            return [".", ""]
    return given.split()
