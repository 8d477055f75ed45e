"""The roles of Lambda functions: a function's code acts as the role that it has, if that trusts Lambda.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from collections.abc import Mapping

from local_aws.ministack import functions
from local_aws.platform.service_roles import assume_role_as_service

SERVICE = "lambda.amazonaws.com"
_SECONDS = 365 * 24 * 60 * 60
"""A function's process is kept between invocations, and keeps the credentials that it began with."""


def install_functions() -> None:
    """Have functions act as their roles, with credentials that are made for each process, and keep their code."""

    def credentials_of(function_arn: str, role_arn: str) -> Mapping[str, str]:
        session = assume_role_as_service(
            service=SERVICE,
            role_arn=role_arn,
            source_arn=function_arn,
            session_name=function_arn.rpartition(":function:")[2].partition(":")[0],
            seconds=_SECONDS,
        )
        return session.variables

    functions.act_with(credentials_of)
    functions.keep_code()
