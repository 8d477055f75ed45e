"""The git remote through which a repository is pushed to the local AWS."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from reporting.errors import CannotRunError

NAME = "local"


def offer(repository: Path, address: str, branch: str) -> Iterator[str]:
    """Have ``repository`` know ``address`` as its remote ``local``; tell what that is for, or why it is not done.

    A remote of that name that leads elsewhere is left alone.
    """
    known = _git(repository, "remote", "get-url", NAME)
    if known is None:
        if _git(repository, "remote", "add", NAME, address) is None:
            raise CannotRunError(f"git could not add the remote {NAME} to {repository}.")
        known = address
        yield f"Remote {NAME} of {repository} is new: `git push {NAME} {branch}` releases."
    if known != address:
        words = shlex.join(["git", "push", address, branch])
        turn = shlex.join(["git", "remote", "set-url", NAME, address])
        yield (
            f"Remote {NAME} of {repository} leads to {known} and is left alone: `{words}` releases; so that `git push "
            f"{NAME} {branch}` does, run `{turn}`."
        )
    if _git(repository, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}") is None:
        yield (
            f"{repository} has no branch {branch} yet: `git switch -c {branch}` makes it. Until there is one, a "
            "release takes the commit that is checked out."
        )


def _git(repository: Path, *words: str) -> str | None:
    """Return what git says, or None where it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(repository), *words], capture_output=True, check=False)
    except OSError as error:
        raise CannotRunError(f"git can't be run: {error.strerror}; install it.") from None
    return os.fsdecode(done.stdout.removesuffix(b"\n")) if done.returncode == 0 else None
