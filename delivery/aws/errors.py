"""Turns what botocore raises, and what it was not answered, into sentences that say what to do."""

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from delivery.aws import network
from delivery.aws.answers import UnusableError
from delivery.aws.exception_kinds import ExceptionKind, kind_of
from reporting.errors import CannotRunError
from reporting.printable import printable
from settings.environment import Environment

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html and STS's own."""

UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken")
WRONG_SECRET = ("SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized")
THROTTLED = ("Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown")


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
    from botocore.exceptions import (  # noqa: PLC0415 - half a second that --help can do without
        BotoCoreError,
        ClientError,
        UndefinedModelAttributeError,
    )

    try:
        yield
    except CannotRunError:
        raise
    except ClientError as error:
        raise _refusal(error, environment, last()) from None
    except (BotoCoreError, UndefinedModelAttributeError) as error:
        raise failure(error, environment, operation) from None
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
        text = f"{where}: the AWS credentials have expired ({message}); {log_in(environment)}, then run it again."
    elif code in UNKNOWN_KEY:
        text = f"{where}: AWS does not know these credentials ({message}); {log_in(environment)}."
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


def failure(error: Exception, environment: Environment, operation: str, profile: str | None = None) -> CannotRunError:
    """Make the error for what botocore raised before, or in place of, an answer."""
    where, told = f"environment {environment.name}", quoted(str(error)).rstrip(".")
    kind = kind_of(type(error))
    if kind in (ExceptionKind.UNREACHABLE, ExceptionKind.PROXY, ExceptionKind.TLS):
        return UnusableAnswerError(f"{where}: {_no_contact(kind, environment, told)}.")
    if kind is ExceptionKind.BROKEN:
        return _unusable(environment, operation, str(getattr(error, "kwargs", {}).get("error", told)))
    return CannotRunError(f"{where}: {_own_fault(kind, environment, told, operation, profile)}.")


def _no_contact(kind: ExceptionKind, environment: Environment, told: str) -> str:
    address, proxy = address_of(environment), network.proxy_of(environment)
    if kind is ExceptionKind.TLS:
        bundle = os.environ.get("AWS_CA_BUNDLE")
        trusted = (
            f"AWS_CA_BUNDLE names {bundle} as the certificate authorities to trust: see whether it holds theirs"
            if bundle
            else "if your network has a certificate authority of its own, name its PEM file in AWS_CA_BUNDLE"
        )
        return f"{address} does not answer in a way that can be trusted ({told}); {trusted}{_way(environment)}"
    if kind is ExceptionKind.PROXY and proxy:
        host = urlsplit(network.asked_address(environment)).hostname
        return (
            f"{address} does not answer, as the proxy {proxy[1]} does not let it be asked ({told}); {proxy[0]} names "
            f"that proxy: correct or unset it, or add {host} to NO_PROXY"
        )
    return f"{address} does not answer ({told}); {_reach(environment)}"


def _own_fault(kind: ExceptionKind, environment: Environment, told: str, operation: str, profile: str | None) -> str:
    place = environment.credentials_file or "the AWS configuration"
    return {
        ExceptionKind.LOGIN: (
            f"{f'profile {profile}: ' if profile else ''}no usable AWS credentials were found ({told}); "
            f"{log_in(environment, profile)}"
        ),
        ExceptionKind.PROFILE: f"{told}; add that profile to {place} or name another in the environment file",
        ExceptionKind.UNREADABLE_SETTINGS: f"{place} can't be read as AWS's format of profiles ({told}); correct it",
        ExceptionKind.SETTINGS: (
            f"{f'profile {profile} of ' if profile else ''}{place}, or an AWS_ variable of the shell, has a setting "
            f"that can't be used ({told}); correct it"
        ),
        ExceptionKind.REGION: (
            f"there is nothing to ask in region {environment.region} ({told}); correct region in the environment file"
        ),
        ExceptionKind.THROTTLED: f"{operation} was held back, as AWS throttles it ({told}); run it again later",
        ExceptionKind.REQUEST: (
            f"{operation} can't be asked for with these values ({told}); correct the name or value in build/ or in "
            "the environment file"
        ),
    }.get(
        kind,
        f"{operation} needs what is not installed with the AWS client ({told}); use another way to log in, or remove "
        ".venv, which the next command installs again",
    )


def told_by_service(error: ClientError) -> str:
    """Repeat what a service answered with an error."""
    said = error.response.get("Error", {})
    return quoted(f"{error.operation_name}: {said.get('Code', '')}: {said.get('Message', '')}").rstrip(".")


def log_in(environment: Environment, profile: str | None = None) -> str:
    """Say how credentials are put right there."""
    named = environment.profile or profile or os.environ.get("AWS_PROFILE")
    if environment.credentials_file is not None:
        return f"they come from profile {named or 'default'} of {environment.credentials_file}: renew it"
    option = f" --profile {named}" if named else ""
    return f"log in (such as `aws sso login{option}`) or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


def _reach(environment: Environment) -> str:
    if environment.start_command:
        return f"start it with `{shlex.join(environment.start_command)}` and look at what it says{_way(environment)}"
    if environment.endpoint_url:
        return f"start what should answer there, or correct endpoint_url in the environment file{_way(environment)}"
    return f"check the network and the region in the environment file{_way(environment)}"


def _look(environment: Environment) -> str:
    """Say what to do where somebody listens, but does not answer as AWS does."""
    if environment.endpoint_url:
        return f"see what listens there, or correct endpoint_url in the environment file{_way(environment)}"
    return f"check the network: something on the way may answer in AWS's place{_way(environment)}"


def _way(environment: Environment) -> str:
    """Name the proxy that stands on the way, and who says so; nothing where there is none."""
    proxy = network.proxy_of(environment)
    return f"; it is asked through the proxy {proxy[1]}, which {proxy[0]} names" if proxy else ""


def quoted(text: str) -> str:
    """Make a text of somebody else's fit for a sentence: one line, not too long, nothing that steers a terminal."""
    line = " ".join(printable(text.replace("\n", " ")).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]} ..."
