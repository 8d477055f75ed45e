"""Makes sure that a deployment goes where its environment file says, before anything else is asked or done."""

import shlex
import subprocess

from delivery.aws.session import Aws
from reporting.errors import CannotRunError
from settings.environment import Environment
from settings.root import PROJECT_ROOT

LONGEST_START = 600
"""Seconds that a start command may take."""


def run_start_command(environment: Environment) -> None:
    """Run the environment's start command, if it has one; its failure raises ``CannotRunError``."""
    if not environment.start_command:
        return
    command = shlex.join(environment.start_command)
    try:
        ended = subprocess.run(
            environment.start_command,
            cwd=PROJECT_ROOT,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=2,
            timeout=LONGEST_START,
        )
    except subprocess.TimeoutExpired:
        sentence = f"environment {environment.name}: its start command `{command}` did not end in {LONGEST_START} s."
        raise CannotRunError(sentence) from None
    except OSError as error:
        sentence = f"environment {environment.name}: its start command `{command}` can't be run: {error.strerror}."
        raise CannotRunError(sentence) from None
    if ended.returncode != 0:
        sentence = (
            f"environment {environment.name}: `{command}` ended with {ended.returncode}; the lines above say why."
        )
        raise CannotRunError(sentence)


def check(aws: Aws) -> str:
    """Refuse an account or region other than the environment file's; give the caller's ARN."""
    environment = aws.environment
    sentences = []
    region = aws.configured_region
    if region is not None and region != environment.region:
        sentences.append(
            f"environment {environment.name}: it says region {environment.region}, but the AWS configuration in use "
            f"says {region}; use credentials set to {environment.region}, or correct the environment file."
        )
    identity = aws.sts.get_caller_identity()
    if identity["Account"] != environment.account_id:
        sentences.append(
            f"environment {environment.name}: it says account {environment.account_id}, but these credentials "
            f"({identity['Arn']}) belong to account {identity['Account']}; use the credentials of "
            f"{environment.account_id}, or correct account_id in the environment file."
        )
    if sentences:
        raise CannotRunError(*sentences)
    return identity["Arn"]
