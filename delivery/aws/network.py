"""What stands between this machine and an AWS: proxies, and the certificate authorities that are trusted."""

import ipaddress
import os
import socket
import ssl
import urllib.request
from urllib.parse import urlsplit, urlunsplit

from reporting.errors import CannotRunError
from settings.environment import Environment

SECONDS_TO_CONNECT = 2.0


def is_on_this_machine(address: str | None) -> bool:
    """Report an address that no proxy of the user's may stand before: a loopback one."""
    host = urlsplit(address).hostname if address else None
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listens(address: str | None) -> bool:
    """Report whether somebody listens at an endpoint; nobody does at none."""
    if address is None:
        return False
    place = urlsplit(address)
    port = place.port or (443 if place.scheme == "https" else 80)
    try:
        socket.create_connection((place.hostname or "", port), SECONDS_TO_CONNECT).close()
    except OSError:
        return False
    return True


def asked_address(environment: Environment) -> str:
    """Return the address that is asked there; of AWS itself, that of STS stands for all."""
    return environment.endpoint_url or f"https://sts.{environment.region}.amazonaws.com"


def proxy_of(environment: Environment) -> tuple[str, str] | None:
    """Return the environment variable that names a proxy on the way, and that proxy without its password."""
    address = asked_address(environment)
    parts = urlsplit(address)
    if is_on_this_machine(address) or urllib.request.proxy_bypass(parts.netloc):
        return None
    names = (f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY")
    name = next((name for name in names if os.environ.get(name)), None)
    return None if name is None else (name, _without_password(os.environ[name]))


def check_authorities(environment: Environment, bundle: str | None) -> None:
    """Refuse a bundle of certificate authorities that can't be read; it is used where TLS is spoken alone."""
    if not bundle or urlsplit(asked_address(environment)).scheme != "https":
        return
    try:
        if os.path.isdir(bundle):  # noqa: PTH112 - a name, as the AWS client takes it
            ssl.create_default_context(capath=bundle)
        else:
            ssl.create_default_context(cafile=bundle)
    except OSError as error:
        missing = isinstance(error, (FileNotFoundError, PermissionError))
        reason = error.strerror if missing else "it holds no certificates in PEM"
        raise CannotRunError(
            f"environment {environment.name}: {authorities_setting()} names {bundle} as the certificate authorities "
            f"to trust, which can't be used: {reason}; correct it, or unset it to trust the usual ones."
        ) from None


def authorities_setting() -> str:
    """Name the setting that says which certificate authorities are trusted."""
    return "AWS_CA_BUNDLE" if os.environ.get("AWS_CA_BUNDLE") else "ca_bundle of the AWS configuration"


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{name}:***@{host}" if at else host))
