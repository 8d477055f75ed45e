"""Finishes the handshake of a connection, which on AWS a person does in the console."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_aws.process.control_client import HANDSHAKE_PATH, ask
from local_aws.process.discovery import required
from local_aws.process.git_remotes import offer
from local_aws.process.server_record import PROJECT_FOLDER, StateFolder
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

SECONDS = 30
"""How long the local AWS may take."""


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Make connections AVAILABLE: the one of that name, or all; a local repository stands for theirs.

    Without a name or a repository, a connection that is AVAILABLE already keeps the repository that it has.
    """
    running = required(folder)
    name = arguments.name
    repository = Path(arguments.repository or PROJECT_FOLDER).absolute()
    if not (repository / ".git").exists() and not (repository / "HEAD").is_file():
        raise CannotRunError(f"{repository} is not a git repository: name the one that stands in for the connection's.")
    request = {"name": name, "repository": str(repository), "anew": bool(name or arguments.repository)}
    answer = ask(running.port, HANDSHAKE_PATH, method="POST", token=running.token, body=request, seconds=SECONDS)
    if answer is None or answer.status != 200:  # noqa: PLR2004 - HTTP's OK
        raise CannotRunError(f"The local AWS did not take the handshake; its log says why: {folder.log}")
    try:
        finished, known = answer.members["connections"], ", ".join(answer.members["known"])
        sentences = [sentence for connection in finished for sentence in _told(connection)]
    except (KeyError, TypeError):
        raise CannotRunError(
            "The local AWS answered the handshake as another version does: end it (bin/local-aws stop), and try again."
        ) from None
    if not finished:
        known = known or "none; make deploy makes one"
        raise CannotRunError(f"There is no connection {name or 'at all'}. The connections are: {known}.")
    print(json.dumps(finished, indent=2) if arguments.json else "\n".join(sentences))
    return ExitCode.CLEAN


def _told(connection: dict[str, Any]) -> Iterator[str]:
    repository = connection["repository"]
    yield f"Connection {connection['name']} is {connection['status']}: its repository is {repository}."
    for push in connection["pushes"]:
        yield from offer(Path(repository), push["address"], push["branch"])
