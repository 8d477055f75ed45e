"""Secrets in Parameter Store: whether they are there, and putting them. Values are never read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from delivery.aws.session import Aws

MOST_NAMES = 50
"""Names in one filter: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html"""

LONGEST_VALUE = 4096
"""Bytes of a standard parameter: https://docs.aws.amazon.com/general/latest/gr/ssm.html"""


@dataclass(frozen=True)
class Parameter:
    """What is told of a parameter without its value."""

    name: str
    type: str
    """``SecureString`` where Parameter Store encrypts it."""
    changed: datetime | None


def present(aws: Aws, names: Sequence[str]) -> Mapping[str, Parameter]:
    """Give those of ``names`` that are there, by name."""
    found: dict[str, Parameter] = {}
    for start in range(0, len(names), MOST_NAMES):
        some = list(names[start : start + MOST_NAMES])
        pages = aws.ssm.get_paginator("describe_parameters").paginate(
            ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": some}]
        )
        for page in pages:
            for one in page["Parameters"]:
                found[one["Name"]] = Parameter(one["Name"], one["Type"], one.get("LastModifiedDate"))
    return found


def put(aws: Aws, name: str, value: str) -> int:
    """Put ``value`` under ``name``, encrypted, in place of what is there; give the version it got."""
    answer = aws.ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    return answer["Version"]
