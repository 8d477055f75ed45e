"""Turns what botocore raises into sentences that say what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.exceptions import BotoCoreError, ClientError

    from settings.environment import Environment

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html and STS's own."""

UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken")
WRONG_SECRET = ("SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized")
THROTTLED = ("Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown")
WITHOUT_ANSWER = ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError")
NO_LOGIN = (
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "SSOTokenLoadError",
    "UnauthorizedSSOTokenError",
    "TokenRetrievalError",
    "LoginRefreshRequired",
    "LoginTokenLoadError",
)


class RefusedByAwsError(CannotRunError):
    """AWS answered with an error. ``code`` and ``message`` are AWS's own."""

    def __init__(self, sentence: str, code: str, message: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.message = message

    @property
    def says_missing(self) -> bool:
        """Whether AWS says that the thing asked for does not exist."""
        return "does not exist" in self.message or "NotFound" in self.code


@contextmanager
def translated(environment: Environment) -> Iterator[None]:
    """Within this, botocore's exceptions are raised as ``CannotRunError``."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - half a second that --help can do without

    try:
        yield
    except ClientError as error:
        raise _refusal(error, environment) from None
    except BotoCoreError as error:
        raise CannotRunError(_failure(error, environment)) from None


def _refusal(error: ClientError, environment: Environment) -> RefusedByAwsError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    message = str(error.response.get("Error", {}).get("Message", ""))
    where = f"environment {environment.name}"
    if code in EXPIRED:
        text = f"{where}: the AWS credentials have expired ({message}); {_log_in(environment)}, then run it again."
    elif code in UNKNOWN_KEY:
        text = f"{where}: AWS does not know these credentials ({message}); {_log_in(environment)}."
    elif code in WRONG_SECRET:
        text = f"{where}: the secret access key is wrong, or the clock of this machine is ({message}); correct it."
    elif code in DENIED:
        text = f"{where}: {error.operation_name} is not allowed to these credentials: {message}; ask for that right."
    elif code in THROTTLED:
        text = f"{where}: AWS throttles {error.operation_name} even after retries: {message}; run it again later."
    else:
        text = f"{where}: AWS refused {error.operation_name} ({code}): {message}"
    return RefusedByAwsError(text, code, message)


def _failure(error: BotoCoreError, environment: Environment) -> str:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    where = f"environment {environment.name}"
    if kinds.intersection(NO_LOGIN):
        return f"{where}: no usable AWS credentials were found ({_one_line(error)}); {_log_in(environment)}."
    if "ProfileNotFound" in kinds:
        place = environment.credentials_file or "the AWS configuration"
        return f"{where}: {_one_line(error)}; add that profile to {place} or name another in the environment file."
    if kinds.intersection(WITHOUT_ANSWER) or "HTTPClientError" in kinds:
        address = environment.endpoint_url or f"the AWS API in {environment.region}"
        return f"{where}: {address} does not answer ({_one_line(error)}); {_reach(environment)}."
    return f"{where}: the AWS client failed: {_one_line(error)}"


def _log_in(environment: Environment) -> str:
    """Say how credentials are put right there."""
    if environment.credentials_file is not None:
        return f"they come from profile {environment.profile or 'default'} of {environment.credentials_file}: renew it"
    profile = f" --profile {environment.profile}" if environment.profile else ""
    return (
        f"log in (such as `aws sso login{profile}`) or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )


def _reach(environment: Environment) -> str:
    if environment.start_command:
        return f"start it with `{' '.join(environment.start_command)}` and look at what it says"
    if environment.endpoint_url:
        return "start what should answer there, or correct endpoint_url in the environment file"
    return "check the network, the proxy (HTTPS_PROXY) and the region in the environment file"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
