"""What stands in a request, for whoever asks IAM for more than its action."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local_aws.ministack.adapter import Headers, Query
from local_aws.ministack.cloudformation import stacks


@dataclass(frozen=True)
class Request:
    """A request that IAM let in; ``where`` is its region and account id, as ARNs have them: ``region:account``."""

    method: str
    path: str
    headers: Headers
    body: bytes
    query: Query
    where: str

    @property
    def account_id(self) -> str:
        """The account's id."""
        return self.where.partition(":")[2]

    @property
    def operation(self) -> str:
        """The operation that a request in JSON names."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    @cached_property
    def members(self) -> Mapping[str, Any]:
        """The members of a request in JSON; none where it is none."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def parameters(self) -> Mapping[str, Sequence[str]]:
        """The parameters of a request of the Query protocol."""
        return stacks.query_parameters(self.method, self.path, self.headers, self.body, self.query)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in the request's region and account."""
        return f"arn:aws:{service}:{self.where}:{resource}"
