"""What a Dockerfile puts into its image.

https://docs.docker.com/reference/dockerfile/#copy
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
