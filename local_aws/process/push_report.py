"""What git runs after a push into a repository of the local AWS: prints what the push started, or why nothing."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from local_aws.process.control_client import PUSHED_PATH, ask
from local_aws.process.discovery import absence, running_in
from local_aws.process.server_record import StateFolder

SECONDS = 30
"""How long the local AWS may take; git waits as long."""


def sentences(folder: StateFolder, repository: Path, moves: Iterable[str]) -> Sequence[str]:
    """Return what came of a push; each of ``moves`` is a line of the hook's input: old commit, new one, reference."""
    moved = [(commit, reference) for line in moves for _, commit, reference in [line.split()]]
    gone = [f"{reference} is deleted, which starts nothing." for commit, reference in moved if not commit.strip("0")]
    there = [reference for commit, reference in moved if commit.strip("0")]
    return gone + (_asked(folder, repository, there) if there else [])


def _asked(folder: StateFolder, repository: Path, references: Sequence[str]) -> list[str]:
    running = running_in(folder)
    if running is None:
        return [absence(folder), "What was pushed is kept, and starts its pipelines at the next start."]
    body = {"repository": str(repository), "references": references}
    answer = ask(running.port, PUSHED_PATH, method="POST", token=running.token, body=body, seconds=SECONDS)
    told: list[str] | None = answer.members.get("sentences") if answer is not None else None
    return told or [f"The local AWS did not say what the push started; its log says why: {folder.log}"]


if __name__ == "__main__":
    _, state, bare = sys.argv
    print("\n".join(sentences(StateFolder(Path(state)), Path(bare), sys.stdin)))
