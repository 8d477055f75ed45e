"""Gives a secret that has no value yet one to rehearse with; on AWS a person puts the true one."""

import argparse
import configparser
import os
from typing import Any

from local_aws.process.discovery import required
from local_aws.process.server_record import ServerRecord, StateFolder
from reporting.deadline import OutOfTimeError, within
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

_PROFILE = "deployer"
_SECONDS = 45


def run(folder: StateFolder, arguments: argparse.Namespace) -> ExitCode:
    """Put the value as SecureString where the parameter is not there, as the deployer; a value that is there stays."""
    put(folder, arguments.name, arguments.value)
    return ExitCode.CLEAN


def put(folder: StateFolder, name: str, value: str, *, replace: bool = False) -> None:
    """Give a secret a value; one that is there stays, unless it is to be replaced."""
    running = required(folder)
    key = _key(folder)

    def attempt() -> str:
        return _put(_client(running, key), name, value, replace=replace)

    try:
        refusal = within(_SECONDS, attempt, lambda: f"waiting for {running.endpoint_url} to keep {name}")
    except OutOfTimeError:
        refusal = f"no answer came within {_SECONDS} s"
    if refusal:
        raise CannotRunError(f"The secret {name} could not be set: {refusal}")


def value_of(folder: StateFolder, name: str) -> str:
    """Return a secret's value; empty where there is none that the deployer may read."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - the other commands do without it

    running = required(folder)
    client = _client(running, _key(folder))

    def attempt() -> str:
        try:
            return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        except ClientError:
            return ""

    try:
        return within(_SECONDS, attempt, lambda: f"waiting for {running.endpoint_url} to tell {name}")
    except Exception as error:  # noqa: BLE001 - what is no answer of AWS makes botocore raise anything
        raise CannotRunError(
            f"The secret {name} could not be read: {error}. `bin/local-aws start`, then run the command again."
        ) from None


def _put(client: Any, name: str, value: str, *, replace: bool) -> str:  # noqa: ANN401 - botocore's clients are made at run time
    """Put the value where there is none; give what is said against that, or nothing."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - the other commands do without it

    try:
        client.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=replace)
    except ClientError as error:
        if error.response["Error"].get("Code") == "ParameterAlreadyExists":
            return ""
        return str(error.response["Error"].get("Message", error))
    except Exception as error:  # noqa: BLE001 - what is no answer of AWS makes botocore raise anything
        return str(error)
    print(f"Secret {name} has a value to rehearse with; `bin/secret put {name}` puts another.")
    return ""


def _key(folder: StateFolder) -> tuple[str, str]:
    """Read the deployer's access key. botocore would expand variables in the file's name."""
    profiles = configparser.ConfigParser(interpolation=None)
    try:
        profiles.read_string(folder.credentials.read_text("utf-8"))
        return profiles[_PROFILE]["aws_access_key_id"], profiles[_PROFILE]["aws_secret_access_key"]
    except (OSError, UnicodeDecodeError, configparser.Error, KeyError) as error:
        raise CannotRunError(
            f"{folder.credentials} has no key for profile {_PROFILE} ({type(error).__name__}): bin/local-aws stop and "
            "start write it again."
        ) from None


def _client(running: ServerRecord, key: tuple[str, str]) -> Any:  # noqa: ANN401 - botocore's clients are made at run time
    from botocore.config import Config  # noqa: PLC0415 - as above
    from botocore.session import Session  # noqa: PLC0415 - as above

    session = Session()
    for own in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(own, None)  # a profile of the user's, which botocore would look for
    return session.create_client(
        "ssm",
        region_name=running.region,
        endpoint_url=running.endpoint_url,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        config=Config(proxies={}, retries={"total_max_attempts": 2}),
    )
