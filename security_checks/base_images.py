"""``make base-images``: names the images that services are made of and tested with by their present digests.

What a tag names may be another image tomorrow; a digest is one image for ever. Docker asks the registry, with whatever
login and proxy it is set up with.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from reporting import command
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

NAMED = re.compile(
    r"^(?P<before>[ \t]*(?:FROM[ \t]+(?:--\S+[ \t]+)?|ARG[ \t]+\w*IMAGE=|\w*IMAGE:[ \t]+))"
    r"(?P<image>[a-z0-9][\w.:/-]*:[\w.-]+)(?:@(?P<digest>sha256:[0-9a-f]{64}))?(?P<after>[ \t].*)?$",
    re.MULTILINE,
)
"""A FROM, the default of an argument, or a variable of a buildspec, which names an image with its tag."""
PATTERNS = ("Dockerfile", "Dockerfile.*", "**/buildspec.yml")
SECONDS = 600


def main(words: Sequence[str]) -> ExitCode:
    """Write the present digests; with ``--check``, exit code 1 where one is missing or another by now."""
    about = "Name the base images of services by the digests that their tags have now; Docker asks their registries."
    parser = argparse.ArgumentParser(prog="bin/base-images", description=about)
    parser.add_argument("--root", default=".", help="the folder that has those of the services (the current one)")
    parser.add_argument("--check", action="store_true", help="write nothing: exit code 1 where a digest would change")
    chosen = parser.parse_args(words)
    changed = [*_renewed(Path(chosen.root))]
    for path, text, lines in changed:
        for line in lines:
            print(f"{path.relative_to(chosen.root)}: {line}")
        if not chosen.check:
            path.write_text(text, "utf-8")
    if not changed:
        print("Every base image is named by the digest that its tag has.")
    return ExitCode.FINDINGS if changed and chosen.check else ExitCode.CLEAN


def _renewed(root: Path) -> Iterator[tuple[Path, str, Sequence[str]]]:
    """Yield the files that change, each with its new text and what is told of it."""
    for path in files(root):
        before, told = path.read_text("utf-8"), []
        for found in NAMED.finditer(before):
            digest = digest_of(found["image"])
            if digest != found["digest"]:
                told.append(f"{found['image']} is {digest} (was {found['digest'] or 'without a digest'})")
        if told:
            yield path, NAMED.sub(_line, before), told


def _line(found: re.Match[str]) -> str:
    return f"{found['before']}{found['image']}@{digest_of(found['image'])}{found['after'] or ''}"


def files(root: Path) -> Sequence[Path]:
    """Return the Dockerfiles and buildspecs of the folders that have a Dockerfile."""
    folders = sorted(path.parent for path in root.glob("*/Dockerfile"))
    return sorted({path for folder in folders for pattern in PATTERNS for path in folder.glob(pattern)})


@cache
def digest_of(image: str) -> str:
    """Return the digest that a tag has in its registry; raises ``CannotRunError`` where that does not answer."""
    _docker("pull", "--quiet", image)
    found = json.loads(_docker("image", "inspect", "--format", "{{json .RepoDigests}}", image))
    name = image.rpartition(":")[0]
    digest = next((one.partition("@")[2] for one in found or () if one.partition("@")[0] == name), "")
    if not digest:
        raise CannotRunError(
            f"{image}: Docker has it from no registry, so it has no digest; pull it from its registry."
        )
    return digest


def _docker(*words: str) -> str:
    try:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=SECONDS)
    except OSError as error:
        raise CannotRunError(f"docker: {error.strerror}; install Docker, which asks the registries.") from error
    except subprocess.TimeoutExpired as error:
        raise CannotRunError(f"docker {words[0]} had not ended after {SECONDS} s; try it again.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise CannotRunError(f"{words[-1]}: docker {words[0]} failed: {said[0]}; see that its registry can be reached.")
    return done.stdout


if __name__ == "__main__":
    sys.exit(command.run(main))
