"""Lambda functions within MiniStack: the credentials with which their code acts, and where that code is kept.

MiniStack derives the former from the names of function and role, so that whoever knows these can make them.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

CredentialsOf = Callable[[str, str], Mapping[str, str]]
"""Gives the environment variables with a role's credentials, for the ARNs of function and role."""


def act_with(credentials_of: CredentialsOf) -> None:
    """Have functions act with these credentials; where that raises, the invocation fails with the reason."""

    def execution_credentials(config: Mapping[str, Any]) -> dict[str, str]:
        return dict(credentials_of(str(config["FunctionArn"]), str(config.get("Role", ""))))

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = execution_credentials


def end() -> None:
    """End the processes that wait for the next invocation, and remove their copies of the code."""
    lambda_runtime.reset()


def keep_code() -> None:
    """Have no function's code removed from its folder.

    MiniStack removes there what the functions that it writes do not name, and those are the changed ones alone here.
    """

    def prune_orphan_code_blobs(referenced: set[str]) -> None:
        del referenced

    lambda_svc._prune_orphan_code_blobs = prune_orphan_code_blobs
