"""Makes an administrator, for trials with outside clients; a deployment needs none."""

import argparse
import json
from http import HTTPStatus

from local_aws.platform.users import put_profile
from local_aws.process.control_client import ADMINISTRATOR_PATH, ask
from local_aws.process.discovery import required
from local_aws.process.server_record import StateFolder
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

NAME = "administrator"
"""The profile, and the user."""


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Have the administrator, and show its key; with ``--write``, put it into the credentials file as a profile."""
    running = required(folder)
    answer = ask(running.port, ADMINISTRATOR_PATH, method="POST", token=running.token, body={})
    names = ("aws_access_key_id", "aws_secret_access_key")
    if answer is None or answer.status != HTTPStatus.OK or not all(answer.members.get(name) for name in names):
        raise CannotRunError(f"The local AWS did not make an administrator; its log says why: {folder.log}")
    key = {name: str(answer.members[name]) for name in names}
    if arguments.write:
        put_profile(folder.credentials, NAME, {**key, "region": running.region})
    if arguments.json:
        print(json.dumps({**key, "region": running.region}, indent=2))
    elif arguments.write:
        print(f"Profile {NAME} of {folder.credentials} may do everything here. With it:")
        print(f"  export AWS_ENDPOINT_URL=http://127.0.0.1:{running.port} AWS_PROFILE={NAME}")
        print(f"  export AWS_SHARED_CREDENTIALS_FILE={folder.credentials}")
    else:
        print(f"The user {NAME} may do everything here. For an outside client:")
        print(f"  export AWS_ENDPOINT_URL=http://127.0.0.1:{running.port} AWS_DEFAULT_REGION={running.region}")
        print(f"  export AWS_ACCESS_KEY_ID={key[names[0]]} AWS_SECRET_ACCESS_KEY={key[names[1]]}")
    return ExitCode.CLEAN
