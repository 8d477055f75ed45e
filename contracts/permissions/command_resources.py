"""On what commands of the AWS CLI act, as far as their arguments say it."""

from collections.abc import Iterator, Sequence

from contracts.commands import Command
from system_model.conditions import UNKNOWN
from system_model.wording import OPEN

_S3 = "s3://"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_TWO = 2


def named_by_option(command: Command, service: str) -> str:
    """Return the ARN of the resource that an option names; ``UNKNOWN`` where none is known to."""
    if service != "ecr":
        return UNKNOWN
    words = [command.expanded(word) for word in command.command.arguments]
    for index, word in enumerate(words[:-1]):
        if word == "--repository-name" and OPEN not in words[index + 1]:
            return f"arn:${{AWS::Partition}}:ecr:{_HERE}:repository/{words[index + 1]}"
    return UNKNOWN


def s3_actions(operation: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return (action, resource) of `aws s3 cp`, `mv` and `sync`: what is read, and what is written."""
    places = [word for word in words[2:] if not word.startswith("-")][:_TWO]
    if len(places) < _TWO or any(place.startswith(OPEN) for place in places):
        return
    taken, put = places
    if operation == "sync":
        for place in (taken, put):
            if place.startswith(_S3):
                yield "s3:ListBucket", _bucket(place)
    if taken.startswith(_S3):
        yield "s3:GetObject", f"{_bucket(taken)}/{OPEN}"
    if taken.startswith(_S3) and operation == "mv":
        yield "s3:DeleteObject", f"{_bucket(taken)}/{OPEN}"
    if put.startswith(_S3):
        yield "s3:PutObject", f"{_bucket(put)}/{OPEN}"
    if put.startswith(_S3) and operation == "sync" and "--delete" in words:
        yield "s3:DeleteObject", f"{_bucket(put)}/{OPEN}"


def _bucket(place: str) -> str:
    name = place.removeprefix(_S3).partition("/")[0]
    return f"arn:${{AWS::Partition}}:s3:::{name}"
