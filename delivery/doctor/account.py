"""Checks of the environment's AWS: port, answers, credentials, stacks, connections, secrets. Nothing is changed."""

import shlex
from collections.abc import Sequence
from urllib.parse import urlsplit

import psutil

from delivery.aws import account, network
from delivery.aws.errors import RefusedByAwsError, UnusableAnswerError
from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.deploy.next_steps import how_to_finish
from delivery.doctor.check import Result, not_checked, not_ok, ok, refused
from delivery.doctor.machine import is_here
from delivery.model import stacks
from delivery.model.manifest import Manifest
from delivery.model.stacks import StackState
from delivery.secret import parameter_store
from reporting.errors import CannotRunError
from settings.environment import Environment

PORT, ANSWERS, CREDENTIALS = "port", "AWS", "credentials"
STACKS, CONNECTION, SECRETS = "stacks", "connection", "secrets"
UNUSABLE = ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")
"""A stack in one of these was never deployed."""


def reach(environment: Environment) -> tuple[Result, Result, Result]:
    """Check port, answers and credentials, in this order."""
    address = environment.endpoint_url or ""
    elsewhere = not_checked(PORT, f"The AWS of environment {environment.name} is not on this machine.")
    if is_here(environment) and not network.listens(address):
        start = environment.start_command
        remedy = f"Start it with `{shlex.join(start)}`." if start else "Start what should answer there."
        free = ok(PORT, f"{urlsplit(address).netloc} is free.")
        return free, not_ok(ANSWERS, f"Nothing answers at {address}.", remedy), _unknown(CREDENTIALS)
    where = address or f"the AWS API in {environment.region}"
    port = ok(PORT, f"{urlsplit(address).netloc} is used by the AWS.") if is_here(environment) else elsewhere
    try:
        aws = Aws(environment)
        aws.sts.get_caller_identity()
    except RefusedByAwsError as error:
        return port, ok(ANSWERS, f"{where} answers."), refused(CREDENTIALS, error)
    except UnusableAnswerError as error:
        taken = _taken(address) if is_here(environment) else elsewhere
        return taken, refused(ANSWERS, error), _unknown(CREDENTIALS)
    except CannotRunError as error:
        port = ok(PORT, f"{urlsplit(address).netloc} is in use.") if is_here(environment) else elsewhere
        return port, not_checked(ANSWERS, "There are no credentials to ask with."), refused(CREDENTIALS, error)
    return port, ok(ANSWERS, f"{where} answers."), _identity(aws)


def _identity(aws: Aws) -> Result:
    try:
        return ok(CREDENTIALS, f"{account.check(aws)}, in the account and region of the environment file.")
    except CannotRunError as error:
        return refused(CREDENTIALS, error)


def _unknown(name: str) -> Result:
    return not_checked(name, "AWS does not answer.")


def _taken(address: str) -> Result:
    place = urlsplit(address)
    try:
        found = [one for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == place.port]
        pid = next((one.pid for one in found if one.status == psutil.CONN_LISTEN and one.pid), None)
        who = f"process {pid} ({psutil.Process(pid).name()})" if pid else "another process"
    except (psutil.Error, OSError):  # not every system shows the processes of others
        who = "another process"
    remedy = "Stop it, or choose another port in the environment file's endpoint_url."
    return not_ok(PORT, f"{place.netloc} is used by {who}, which does not answer as AWS does.", remedy)


def standing_stacks(aws: Aws, whole: Manifest) -> Sequence[StackState]:
    """Return the stacks of the manifest that exist."""
    return [found for stack in whole.stacks if (found := stacks.find(aws, stack.name)) is not None]


def stack_results(whole: Manifest, standing: Sequence[StackState], deploy: str) -> list[Result]:
    """Check that all stacks are deployed; ``deploy`` is the command that does it."""
    by_name = {one.name: one.status for one in standing}
    wrong = [
        f"{name} is {f'in {by_name[name]}' if name in by_name else 'not deployed'}"
        for name in whole.stack_names()
        if name not in by_name or by_name[name] in UNUSABLE or by_name[name].endswith("_FAILED")
    ]
    if wrong:
        return [not_ok(STACKS, f"{'; '.join(wrong)}.", f"Deploy with {deploy}.")]
    return [ok(STACKS, f"All {len(standing)} are deployed.")]


def connection_results(aws: Aws, whole: Manifest, standing: Sequence[StackState]) -> list[Result]:
    """Check that each connection to a repository can be used.

    https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html
    """
    if not whole.connections:
        return [not_checked(CONNECTION, "The templates make none.")]
    return [_connection(aws, stacks.value(wanted, standing)) for wanted in whole.connections]


def _connection(aws: Aws, arn: str | None) -> Result:
    if arn is None:
        return not_checked(CONNECTION, "Its stack is not deployed.")
    found = aws.codeconnections.get_connection(ConnectionArn=arn)["Connection"]
    name, status = found.get("ConnectionName", arn), found.get("ConnectionStatus")
    if status != "AVAILABLE":
        return not_ok(CONNECTION, f"{name} is {status}: no release can read it.", how_to_finish(aws.environment))
    return ok(CONNECTION, f"{name} is AVAILABLE.")


def secret_results(aws: Aws, whole: Manifest) -> list[Result]:
    """Check that each secret is there, encrypted; no value is read."""
    if not whole.secrets:
        return [not_checked(SECRETS, "The templates use none.")]
    there = parameter_store.present(aws, [secret.name for secret in whole.secrets])
    wrong = [one.name for one in whole.secrets if one.name not in there or there[one.name].type != "SecureString"]
    if not wrong:
        return [ok(SECRETS, f"All {len(whole.secrets)} are there.")]
    put = f"`{spelling.command('secret', 'put', *words_for(aws.environment), wrong[0])}`"
    return [not_ok(SECRETS, f"Missing, or not encrypted: {', '.join(wrong)}.", f"Put it with {put}.")]
