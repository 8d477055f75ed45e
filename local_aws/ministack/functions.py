"""Lambda functions within MiniStack: the credentials with which their code acts.

MiniStack derives them from the names of function and role, so that whoever knows these can make them.
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
