"""Lambda functions as services invoke them: through the API, with the credentials of a role, so that IAM decides.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.ministack import functions
from local_aws.platform.context import Credentials
from local_aws.platform.service_roles import assume_role_as_service


class FunctionError(Exception):
    """A function ended with an error; the text says with which."""


class NotInvokedError(FunctionError):
    """A function was not invoked at all; ``code`` is the API's, such as AccessDeniedException."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Functions:
    """Invokes functions; ``client`` gives a botocore client for a service and credentials."""

    def __init__(self, client: Callable[[str, Credentials], Any]) -> None:
        self._client = client

    def answer(self, function: str, payload: Mapping[str, Any], credentials: Credentials) -> object:
        """Invoke a function, by name or ARN, wait for its end, and return what it answers, read from its JSON."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  loaded when the first function is invoked

        name = function.rpartition(":function:")[2]
        try:
            answer = self._client("lambda", credentials).invoke(FunctionName=function, Payload=json.dumps(payload))
        except ClientError as error:
            refusal = error.response["Error"]
            message = f"Function {name} can't be invoked: {refusal.get('Message', error)}"
            raise NotInvokedError(refusal["Code"], message) from error
        except BotoCoreError as error:
            raise FunctionError(f"Function {name} gave no answer: {error}") from error
        found = _read(answer["Payload"].read())
        if answer.get("FunctionError"):
            told = found.get("errorMessage", found) if isinstance(found, dict) else found
            raise FunctionError(f"Function {name} ended with an error: {str(told).rstrip('.')}.")
        return found


def _read(payload: bytes) -> Any:  # noqa: ANN401 - whatever a function answers
    text = payload.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


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
