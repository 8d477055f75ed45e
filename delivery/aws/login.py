"""The credentials: found and renewed apart from any request, so that what goes wrong with them is told as that."""

import getpass
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import botocore.session

from delivery.aws.errors import failure, log_in, quoted, told_by_service
from reporting.deadline import OutOfTimeError, within
from reporting.errors import CannotRunError
from settings.environment import Environment

SECONDS = 45
"""How long it may take to find credentials: a program of the user's may be run for them, or a server asked."""

DEFAULT_PROFILE = "default"


class Login:
    """The credentials of one environment, by whichever of the ways that the AWS CLI knows."""

    def __init__(self, environment: Environment, session: botocore.session.Session) -> None:
        self._environment = environment
        self._session = session
        self._credentials: Any = None

    def ensure(self) -> None:
        """Return when there are credentials that a request can be signed with; ``CannotRunError`` says what to do."""
        if self._credentials is not None and not _is_renewed(self._credentials):
            return
        with self._told():
            settings = self._settings()
            self._refuse_role_elsewhere(settings)
            if _asks_a_person(settings):
                self._find()
            else:
                within(SECONDS, self._find, lambda: "waiting for the AWS credentials")

    def _find(self) -> None:
        from botocore.exceptions import NoCredentialsError  # noqa: PLC0415 - half a second that --help can do without

        provider = self._session.get_component("credential_provider").get_provider("assume-role")
        provider._prompter = self._prompt  # noqa: SLF001 - botocore's only way to say who is asked
        found = self._session.get_credentials()
        if found is None:
            raise NoCredentialsError
        _check(found.get_frozen_credentials())
        self._credentials = found

    def _prompt(self, question: str) -> str:
        if not sys.stdin.isatty():
            raise CannotRunError(
                f"{self._where}: it asks for a code of a multi-factor device, and there is no terminal to type it on; "
                "run it on a terminal, or log in beforehand and name a profile with the session's keys."
            )
        return getpass.getpass(question)

    def _settings(self) -> Mapping[str, str]:
        """Return the profile's settings; none where the shell's own variables have the keys."""
        if self._by_variables:
            return {}
        settings: Mapping[str, str] = self._session.get_scoped_config()
        return settings

    @property
    def _by_variables(self) -> bool:
        pinned = self._session.instance_variables().get("profile") is not None
        return not pinned and bool(os.environ.get("AWS_ACCESS_KEY_ID"))

    @property
    def _profile(self) -> str:
        return "" if self._by_variables else self._session.get_config_variable("profile") or DEFAULT_PROFILE

    @property
    def _where(self) -> str:
        source = f"profile {self._profile}" if self._profile else "the keys in AWS_ACCESS_KEY_ID"
        return f"environment {self._environment.name}: {source}"

    def _refuse_role_elsewhere(self, settings: Mapping[str, str]) -> None:
        """Refuse a role while another endpoint is set: AWS itself would be asked for it, with the user's own keys."""
        endpoint, role = self._environment.endpoint_url, settings.get("role_arn")
        if endpoint and role:
            raise CannotRunError(
                f"{self._where}: it takes the role {role}, which AWS itself would be asked for, and not {endpoint}; "
                "name a profile with keys of its own in the environment file, or remove its endpoint_url."
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Within this, whatever goes wrong is told as a fault of the credentials, with whose they are."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

        way_out = log_in(self._environment, self._profile)
        sentence = ""
        try:
            yield
        except CannotRunError:
            raise
        except OutOfTimeError:
            sentence = f"{self._where}: no AWS credentials were found within {SECONDS:g} s; {way_out}."
        except ClientError as error:
            sentence = f"{self._where}: no AWS credentials ({told_by_service(error)}); {way_out}."
        except BotoCoreError as error:
            raise failure(error, self._environment, "the request for credentials", self._profile) from None
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            sentence = (
                f"{self._where}: what its credentials come from can't be used ({place}{error.strerror or error}); "
                f"correct the profile, or {way_out}."
            )
        except Exception as error:  # noqa: BLE001 - a program's answer makes botocore raise anything
            program = self._settings().get("credential_process")
            source = f"its credential_process `{program}`" if program else "where its credentials come from"
            sentence = (
                f"{self._where}: {source} has none that can be used ({quoted(str(error)) or type(error).__name__}): "
                'a JSON object with "Version": 1, "AccessKeyId", "SecretAccessKey" and perhaps "SessionToken" and '
                f'"Expiration" is expected; run it by itself to see what it says, or {way_out}.'
            )
        if sentence:
            raise CannotRunError(sentence)


def _is_renewed(credentials: Any) -> bool:  # noqa: ANN401 - botocore has no common type of them
    """Tell credentials that end, and are about to."""
    needed = getattr(credentials, "refresh_needed", None)
    return bool(needed and needed())


def _asks_a_person(settings: Mapping[str, str]) -> bool:
    return "mfa_serial" in settings and sys.stdin.isatty()


def _check(frozen: Any) -> None:  # noqa: ANN401 - as above
    """Refuse keys that are no text of one line, which no request can carry."""
    for name in ("access_key", "secret_key", "token"):
        value = getattr(frozen, name)
        if name == "token" and value is None:
            continue
        if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
            raise ValueError(f"its {name.replace('_', ' ')} is not a text of printable letters")
