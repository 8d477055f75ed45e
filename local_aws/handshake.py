"""Finishes the handshake of a connection, which on AWS a person does in the console."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_aws.asking import HANDSHAKE_PATH, ask
from local_aws.finding import running_in
from local_aws.instance import PROJECT_FOLDER, StateFolder
from local_aws.remotes import offer
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Make connections AVAILABLE: the one of that name, or all; a local repository stands for theirs.

    Without a name or a repository, a connection that is AVAILABLE already keeps the repository that it has.
    """
    running = running_in(folder)
    if running is None:
        raise CannotRunError("The local AWS does not run: start it with bin/local-aws start.")
    name = arguments.name
    repository = Path(arguments.repository or PROJECT_FOLDER).absolute()
    if not (repository / ".git").exists() and not (repository / "HEAD").is_file():
        raise CannotRunError(f"{repository} is no git repository: give the one that stands for the connection's.")
    request = {"name": name, "repository": str(repository), "anew": bool(name or arguments.repository)}
    answer = ask(running.port, HANDSHAKE_PATH, method="POST", token=running.token, body=request)
    if answer is None or answer.status != 200:  # noqa: PLR2004 - HTTP's OK
        raise CannotRunError("The local AWS did not take the handshake; its log says why: " + str(folder.log))
    finished = answer.members["connections"]
    if not finished:
        known = ", ".join(answer.members["known"]) or "none; make deploy makes one"
        raise CannotRunError(f"There is no connection {name or 'at all'}. The connections are: {known}.")
    sentences = [sentence for connection in finished for sentence in _told(connection)]
    print(json.dumps(finished, indent=2) if arguments.json else "\n".join(sentences))
    return ExitCode.CLEAN


def _told(connection: dict[str, Any]) -> Iterator[str]:
    repository = connection["repository"]
    yield f"Connection {connection['name']} is {connection['status']}: its repository is {repository}."
    for push in connection["pushes"]:
        yield from offer(Path(repository), push["address"], push["branch"])
