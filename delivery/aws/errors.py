"""Turns what botocore raises, and what it was not answered, into sentences that say what to do."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from delivery.aws.answers import UnusableError
from reporting.errors import CannotRunError
from reporting.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.exceptions import BotoCoreError, ClientError

    from settings.environment import Environment

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html and STS's own."""

UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken")
WRONG_SECRET = ("SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized")
THROTTLED = ("Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown")
UNREACHABLE = ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyConnectionError")
BROKEN = ("HTTPClientError", "ConnectionError", "ResponseStreamingError", "IncompleteReadError")
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


class UnusableAnswerError(CannotRunError):
    """There was no answer, or none of AWS. Whether the request was carried out is not known."""


LONGEST_QUOTE = 600
"""How much of what somebody answered is repeated."""

SERVER_ERROR = 500
"""From this status on, HTTP says that the server failed; whether it did what was asked is open."""


@contextmanager
def translated(
    environment: Environment, operation: str = "the request", last: Callable[[], str] = str
) -> Iterator[None]:
    """Within this, whatever botocore raises is raised as ``CannotRunError``; ``last`` describes the latest answer."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - half a second that --help can do without

    try:
        yield
    except CannotRunError:
        raise
    except ClientError as error:
        raise _refusal(error, environment, last()) from None
    except BotoCoreError as error:
        raise _failure(error, environment, operation) from None
    except UnusableError as error:
        raise _unusable(environment, operation, f"its answer is {error}") from None
    except Exception as error:  # noqa: BLE001 - what is no AWS's answer makes botocore's parsers raise anything
        what = last() or f"one that the AWS client can't read ({type(error).__name__})"
        raise _unusable(environment, operation, f"its answer is {what}") from None


def out_of_time(environment: Environment, waiting: str) -> UnusableAnswerError:
    """Make the error for what was not there in time; ``waiting`` says for what, and how long."""
    return UnusableAnswerError(
        f"environment {environment.name}: gave up {waiting}; {_look(environment)}"
        "; the environment file's request_seconds allows more time."
    )


def without_credentials(environment: Environment, seconds: float) -> CannotRunError:
    """Make the error for credentials that were not found in time."""
    return CannotRunError(
        f"environment {environment.name}: no AWS credentials were found within {seconds:g} s; {_log_in(environment)}."
    )


def without_member(environment: Environment, operation: str, name: str, last: str) -> UnusableAnswerError:
    """Make the error for an answer that lacks a member; ``last`` describes the answer."""
    return _unusable(environment, operation, f"its answer is {last}, and has no {name}")


def address_of(environment: Environment) -> str:
    """Name what is asked there."""
    return environment.endpoint_url or f"the AWS API in {environment.region}"


def _unusable(environment: Environment, operation: str, why: str) -> UnusableAnswerError:
    where = f"environment {environment.name}: {address_of(environment)}"
    return UnusableAnswerError(f"{where} does not answer {operation} as AWS does: {quoted(why)}; {_look(environment)}.")


def _refusal(error: ClientError, environment: Environment, last: str) -> CannotRunError:
    code = quoted(str(error.response.get("Error", {}).get("Code", "")))
    message = quoted(str(error.response.get("Error", {}).get("Message", "")))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
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
    elif status >= SERVER_ERROR or not code or code == str(status):
        return _unusable(environment, error.operation_name, f"its answer is {last or code}")
    else:
        text = f"{where}: AWS refused {error.operation_name} ({code}): {message}"
    return RefusedByAwsError(text, code, message)


def _failure(error: BotoCoreError, environment: Environment, operation: str) -> CannotRunError:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    where, told = f"environment {environment.name}", quoted(str(error)).rstrip(".")
    if kinds.intersection(NO_LOGIN):
        return CannotRunError(f"{where}: no usable AWS credentials were found ({told}); {_log_in(environment)}.")
    if "ConfigParseError" in kinds:
        place = environment.credentials_file or "the AWS configuration"
        return CannotRunError(f"{where}: {place} can't be read as AWS's format of profiles; correct it.")
    if "ProfileNotFound" in kinds:
        place = environment.credentials_file or "the AWS configuration"
        sentence = f"{where}: {told}; add that profile to {place} or name another in the environment file."
        return CannotRunError(sentence)
    if kinds.intersection(UNREACHABLE):
        sentence = f"{where}: {address_of(environment)} does not answer ({told}); {_reach(environment)}."
        return UnusableAnswerError(sentence)
    if kinds.intersection(BROKEN):
        return _unusable(environment, operation, str(getattr(error, "kwargs", {}).get("error", told)))
    return CannotRunError(f"{where}: the AWS client failed: {told}")


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
        return f"start it with `{shlex.join(environment.start_command)}` and look at what it says"
    if environment.endpoint_url:
        return "start what should answer there, or correct endpoint_url in the environment file"
    return "check the network, the proxy (HTTPS_PROXY) and the region in the environment file"


def _look(environment: Environment) -> str:
    """Say what to do where somebody listens, but does not answer as AWS does."""
    if environment.endpoint_url:
        return "see what listens there, or correct endpoint_url in the environment file"
    return "check the network and the proxy (HTTPS_PROXY): something on the way may answer in AWS's place"


def quoted(text: str) -> str:
    """Make a text of somebody else's fit for a sentence: one line, not too long, nothing that steers a terminal."""
    line = " ".join(printable(text.replace("\n", " ")).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]} ..."
