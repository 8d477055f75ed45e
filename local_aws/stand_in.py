"""Gives a secret that has no value yet one to rehearse with; on AWS a person puts the true one."""

import argparse
import os
from typing import Any

from local_aws.finding import running_in
from local_aws.instance import Running, StateFolder
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

_PROFILE = "deployer"


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Put the value as SecureString where the parameter is not there, as the deployer; a value that is there stays."""
    running = running_in(folder)
    if running is None:
        raise CannotRunError("The local AWS does not run: start it with bin/local-aws start.")

    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - the other commands do without it

    name = arguments.name
    try:
        _client(folder, running).put_parameter(Name=name, Value=arguments.value, Type="SecureString", Overwrite=False)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterAlreadyExists":
            return ExitCode.CLEAN
        told = error.response["Error"].get("Message", str(error))
        raise CannotRunError(f"The secret {name} could not be given a value: {told}") from None
    except BotoCoreError as error:
        raise CannotRunError(f"The secret {name} could not be given a value: {error}") from None
    print(f"Secret {name} has a value to rehearse with; `bin/secret put {name}` puts another.")
    return ExitCode.CLEAN


def _client(folder: StateFolder, running: Running) -> Any:  # noqa: ANN401 - botocore's clients are made at run time
    from botocore.session import Session  # noqa: PLC0415 - as above

    session = Session(profile=_PROFILE)
    session.set_config_variable("credentials_file", str(folder.credentials))
    session.set_config_variable("config_file", os.devnull)
    return session.create_client("ssm", region_name=running.region, endpoint_url=running.endpoint_url)
