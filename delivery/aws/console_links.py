"""Addresses of the AWS console, and the commands that show the same where there is no console."""

import re
import shlex
from urllib.parse import quote
from urllib.request import getproxies

from delivery.aws.network import is_on_this_machine
from settings.environment import Environment
from settings.toml_file import shown

_PAGE = re.compile(r"https://[a-z0-9-]+\.console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/")


def _console(region: str) -> str:
    """Return the console's address in a region; China and GovCloud have their own.

    https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/select-region.html
    """
    if region.startswith("cn-"):
        return f"https://{region}.console.amazonaws.cn"
    if region.startswith("us-gov-"):
        return f"https://{region}.console.amazonaws-us-gov.com"
    return f"https://{region}.console.aws.amazon.com"


def is_page(address: str) -> bool:
    """Return whether an address is one of the console."""
    return _PAGE.match(address) is not None


def stack(region: str, stack_id: str) -> str:
    """Return the page of one stack."""
    return (
        f"{_console(region)}/cloudformation/home?region={region}#/stacks/stackinfo?stackId={quote(stack_id, safe='')}"
    )


def events(environment: Environment, stack_id: str) -> str:
    """Return the page of one stack's events, or the command that lists them where there is no console."""
    if environment.endpoint_url:
        return command_line(environment, "cloudformation describe-stack-events --stack-name", stack_id)
    region = environment.region
    return f"{_console(region)}/cloudformation/home?region={region}#/stacks/events?stackId={quote(stack_id, safe='')}"


def change_set(region: str, stack_id: str, change_set_id: str) -> str:
    """Return the page of one change set's changes."""
    return (
        f"{_console(region)}/cloudformation/home?region={region}#/stacks/changesets/changes"
        f"?stackId={quote(stack_id, safe='')}&changeSetId={quote(change_set_id, safe='')}"
    )


def connections(region: str) -> str:
    """Return the page where a pending connection is finished.

    https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html
    """
    return f"{_console(region)}/codesuite/settings/connections?region={region}"


def empty_bucket(region: str, bucket: str) -> str:
    """Return the page where all versions of all objects of a bucket are deleted.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/empty-bucket.html
    """
    return f"{_console(region)}/s3/bucket/{bucket}/empty?region={region}"


def command_line(environment: Environment, *words: str) -> str:
    """Give the AWS CLI command, as installed with this project, that does a thing at the environment's own endpoint."""
    file = environment.credentials_file
    settings = f"AWS_SHARED_CREDENTIALS_FILE={shlex.quote(shown(file))} " if file else ""
    profile = f" --profile {environment.profile}" if environment.profile else ""
    address = f" --endpoint-url {environment.endpoint_url}" if environment.endpoint_url else ""
    direct = "NO_PROXY=127.0.0.1,localhost " if is_on_this_machine(environment.endpoint_url) and getproxies() else ""
    return f"{direct}{settings}.venv/bin/aws{profile}{address} --region {environment.region} {' '.join(words)}"
