"""What the service is told by its environment, checked once at start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from cruddur.database.connection_url import ConnectionUrl, ConnectionUrlError, told_in

_POOL_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,55}")
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_+-]{1,128}")
_REGION: Final = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
DEFAULT_POSTS_PER_MINUTE: Final = 60
MOST_POSTS_PER_MINUTE: Final = 1_000_000
COGNITO_ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"


class SettingsError(ValueError):
    """Environment variables that the service cannot start with: one line each, never a secret value."""


@dataclass(frozen=True)
class Settings:
    """What the service needs to know.

    `cognito_issuer` is the URL that tokens must name, without a final slash; its keys lie below it
    ("Verifying JSON web tokens" in https://docs.aws.amazon.com/cognito/latest/developerguide/).
    `allowed_origins` are the two origins that a browser may call from, as `scheme://host[:port]`.
    `posts_per_minute` is how many activities and replies a person may write in a minute.
    """

    connection_url: ConnectionUrl
    cognito_issuer: str
    cognito_client_id: str
    allowed_origins: tuple[str, str]
    posts_per_minute: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads and checks every variable; raises SettingsError with all that is wrong."""
        problems: list[str] = []
        reader = _Reader(environment, problems)
        connection_url = reader.connection_url()
        issuer = reader.cognito_issuer("AWS_COGNITO_USER_POOL_ID")
        client_id = reader.matching(
            "AWS_COGNITO_USER_POOL_CLIENT_ID",
            _CLIENT_ID,
            "the id of an app client: letters, digits, '_', '+' and '-'",
        )
        origins = (reader.origin("FRONTEND_URL"), reader.origin("BACKEND_URL"))
        posts_per_minute = reader.whole_number(
            "POSTS_PER_MINUTE", DEFAULT_POSTS_PER_MINUTE, MOST_POSTS_PER_MINUTE
        )
        if problems or connection_url is None:
            raise SettingsError("\n".join(problems))
        return cls(connection_url, issuer, client_id, origins, posts_per_minute)


class _Reader:
    """Reads one variable at a time and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str], problems: list[str]) -> None:
        self._environment = environment
        self._problems = problems

    def _required(self, name: str) -> str:
        value = self._environment.get(name, "").strip()
        if not value:
            self._problems.append(
                f"{name} is missing: set this environment variable (docs/backend.md lists them all)."
            )
        return value

    def matching(self, name: str, pattern: re.Pattern[str], allowed: str) -> str:
        value = self._required(name)
        if value and not pattern.fullmatch(value):
            self._problems.append(f"{name} is {value!r}; allowed is {allowed}.")
        return value

    def whole_number(self, name: str, default: int, highest: int) -> int:
        value = self._environment.get(name, "").strip() or str(default)
        if not (value.isascii() and value.isdecimal() and 1 <= int(value[:10]) <= highest):
            self._problems.append(f"{name} is {value!r}; allowed is a whole number, 1 to {highest}.")
            return default
        return int(value)

    def connection_url(self) -> ConnectionUrl | None:
        value = told_in(self._environment) or self._required("CONNECTION_URL")
        try:
            return ConnectionUrl.parse(value) if value else None
        except ConnectionUrlError as error:
            name = "CONNECTION_URL" if self._environment.get("CONNECTION_URL", "").strip() else "PGHOST"
            self._problems.append(f"{name} cannot be used: {error}")
            return None

    def origin(self, name: str) -> str:
        value = self._required(name)
        if value and not _is_origin(value.removesuffix("/")):
            self._problems.append(
                f"{name} is {value!r}; allowed is one origin, http:// or https://, a host and perhaps a "
                "port, such as https://cruddur.example. A '*' would let every site in."
            )
        return value.removesuffix("/").lower()

    def cognito_issuer(self, name: str) -> str:
        pool_id = self.matching(name, _POOL_ID, "the id of a user pool, such as ca-central-1_AbCdEf123")
        endpoint = self._environment.get(COGNITO_ENDPOINT_VARIABLE, "").removesuffix("/")
        if endpoint:
            if not _is_origin(endpoint):
                self._problems.append(
                    f"{COGNITO_ENDPOINT_VARIABLE} is {endpoint!r}; allowed is http(s)://HOST:PORT."
                )
            return f"{endpoint}/{pool_id}"
        region = self._region(pool_id)
        if _POOL_ID.fullmatch(pool_id) and not _REGION.fullmatch(region):
            self._problems.append(
                f"{name} is {pool_id!r}, which begins with no region; allowed is REGION_ID, such as "
                "ca-central-1_AbCdEf123, or set AWS_REGION to the pool's region."
            )
        suffix = ".cn" if region.startswith("cn-") else ""
        return f"https://cognito-idp.{region}.amazonaws.com{suffix}/{pool_id}"

    def _region(self, pool_id: str) -> str:
        # The pool's own prefix goes first: the service may run in another region than its users' pool.
        prefix = pool_id.partition("_")[0]
        if _REGION.fullmatch(prefix):
            return prefix
        return self._environment.get("AWS_REGION") or self._environment.get("AWS_DEFAULT_REGION") or ""


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        # Reading the port is what checks it.
        has_userinfo = "@" in parts.netloc or parts.port == 0
    except ValueError:
        return False
    is_bare = not (parts.path or parts.query or parts.fragment or has_userinfo)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "*" not in value and is_bare
