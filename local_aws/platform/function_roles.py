"""The roles of Lambda functions: a function's code acts as the role that it has, if that trusts Lambda.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from collections.abc import Mapping

from local_aws.ministack import functions
from local_aws.platform.service_roles import assume_role_as_service

SERVICE = "lambda.amazonaws.com"
_SECONDS = 365 * 24 * 60 * 60
"""A function's process is kept between invocations, and keeps the credentials that it began with."""


def install_functions(account_id: str) -> None:
    """Have functions act as their roles, with credentials that are made for each process, and keep their code."""

    def credentials_of(function_arn: str, role_arn: str) -> Mapping[str, str]:
        session = assume_role_as_service(
            service=SERVICE,
            role_arn=role_arn,
            source_arn=function_arn,
            source_account=account_id,
            session_name=function_arn.rpartition(":function:")[2].partition(":")[0],
            seconds=_SECONDS,
        )
        return {
            "AWS_ACCESS_KEY_ID": session.access_key_id,
            "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
            "AWS_SESSION_TOKEN": session.session_token,
        }

    functions.act_with(credentials_of)
    functions.keep_code()
