"""Finishes the handshake of a connection, which on AWS a person does in the console."""

import argparse
import json
from collections.abc import Iterator, Sequence
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
    """Make connections AVAILABLE: the one of that name, or the repository's own; it stands for theirs.

    Its own are those that its build/ makes; a repository that makes none takes the only one that waits for one. Without
    a name or a repository, a connection that is AVAILABLE already keeps the repository that it has.
    """
    running = required(folder)
    name = arguments.name
    repository = Path(arguments.repository or PROJECT_FOLDER).absolute()
    if not (repository / ".git").exists() and not (repository / "HEAD").is_file():
        raise CannotRunError(f"{repository} is not a git repository: name the one that stands in for the connection's.")
    anew = bool(name or arguments.repository)
    request = {"name": name, "own": _own(repository), "repository": str(repository), "anew": anew}
    answer = ask(running.port, HANDSHAKE_PATH, method="POST", token=running.token, body=request, seconds=SECONDS)
    if answer is None or answer.status != 200:  # noqa: PLR2004 - HTTP's OK
        raise CannotRunError(f"The local AWS did not take the handshake; its log says why: {folder.log}")
    try:
        finished, several = answer.members["connections"], answer.members["several"]
        sentences = [sentence for connection in finished for sentence in _told(connection)]
    except (KeyError, TypeError):
        raise CannotRunError(
            "The local AWS answered the handshake as another version does: end it (bin/local-aws stop), and try again."
        ) from None
    if several:
        raise CannotRunError(
            f"{repository}: its build/ has none of the connections that wait for a repository: {', '.join(several)}. "
            f"Say which is meant: bin/local-aws handshake NAME --repository {repository}"
        )
    if not finished:
        known = ", ".join(answer.members.get("known", ()))
        if known and not anew:
            print("[]" if arguments.json else f"Each connection has its repository already: {known}.")
            return ExitCode.CLEAN
        if known and not name:
            raise CannotRunError(f"Each connection has a repository: {known}. Name the one that is to get another.")
        raise CannotRunError(
            f"There is no connection {name or 'at all'}. The connections are: {known or 'none; make deploy makes one'}."
        )
    print(json.dumps(finished, indent=2) if arguments.json else "\n".join(sentences))
    return ExitCode.CLEAN


def _own(repository: Path) -> Sequence[str]:
    """Return the names of the connections that the templates below ``build/`` make."""
    found = []
    for path in sorted((repository / "build").glob("*.json")):
        try:
            resources = json.loads(path.read_bytes())["Resources"].values()
            found += [one["Properties"]["ConnectionName"] for one in resources if one["Type"].endswith("::Connection")]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # no template, or none of ours
    return [name for name in found if isinstance(name, str)]


def _told(connection: dict[str, Any]) -> Iterator[str]:
    repository = connection["repository"]
    yield f"Connection {connection['name']} is {connection['status']}: its repository is {repository}."
    for push in connection["pushes"]:
        yield from offer(Path(repository), push["address"], push["branch"])
