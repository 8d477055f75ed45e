"""Draws a removal for a person, and what is left when it is done."""

from collections.abc import Iterator, Mapping, Sequence

from delivery.aws import console_links
from delivery.model.deletion_plan import Removal
from delivery.model.stacks import Resource
from reporting.terminal import styled
from settings.environment import Environment

REMOVALS: Mapping[str, str] = {
    "AWS::CodeConnections::Connection": "codeconnections delete-connection --connection-arn {id}",
    "AWS::DynamoDB::Table": "dynamodb delete-table --table-name {id}",
    "AWS::ECR::Repository": "ecr delete-repository --force --repository-name {id}",
    "AWS::KMS::Key": "kms schedule-key-deletion --pending-window-in-days 30 --key-id {id}",
    "AWS::Logs::LogGroup": "logs delete-log-group --log-group-name {id}",
    "AWS::S3::Bucket": "s3 rb --force s3://{id}",
    "AWS::SNS::Topic": "sns delete-topic --topic-arn {id}",
    "AWS::SSM::Parameter": "ssm delete-parameter --name {id}",
    "AWS::SecretsManager::Secret": "secretsmanager delete-secret --secret-id {id}",
}
"""The AWS CLI command that removes a resource of that type; ``{id}`` stands for its physical id.
https://docs.aws.amazon.com/cli/latest/reference/"""


def lines(removal: Removal) -> Sequence[str]:
    """Draw what would happen to one stack."""
    standing = removal.standing
    counts = f"{len(removal.deleted)} deleted, {len(removal.retained)} retained"
    return [
        styled(f"{standing.name} ({standing.status}): {counts}", "bold"),
        *_rows("- deleted", "red", removal.deleted),
        *_rows("= retained", "green", removal.retained),
        *(styled(f"  lost for good: {loss}", "red") for loss in removal.losses),
    ]


def _rows(head: str, colour: str, found: Sequence[Resource]) -> Iterator[str]:
    name = max((len(one.logical_id) for one in found), default=0)
    kind = max((len(one.type) for one in found), default=0)
    for one in found:
        yield f"  {styled(f'{head:<10}', colour)}  {one.logical_id:<{name}}  {one.type:<{kind}}  {one.physical_id}"


def remains(environment: Environment, found: Sequence[Resource]) -> Sequence[str]:
    """List what stays in the account, and how each is removed."""
    if not found:
        return ["Nothing of it was retained."]
    lines = [
        "Retained in the account; keep them for the next deployment (`bin/deploy --import-existing`), or remove them:"
    ]
    for one in found:
        lines.append(f"  {one.type}  {one.physical_id}")
        lines.append(f"    {how_to_remove(environment, one)}")
    return lines


def how_to_remove(environment: Environment, one: Resource) -> str:
    """Return the command that removes a retained resource, or where to do it."""
    words = REMOVALS.get(one.type)
    if words is None:
        return "remove it in the console of its service"
    command = console_links.command_line(environment, words.format(id=one.physical_id))
    if one.type == "AWS::S3::Bucket":
        page = console_links.empty_bucket(environment.region, one.physical_id)
        first = "first delete these" if environment.endpoint_url else f"first empty the bucket at {page}"
        return f"{command}\n    (old versions of objects are not removed by this: {first})"
    return command
