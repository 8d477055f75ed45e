"""What WSGI tells an application of a request (PEP 3333), from what ASGI tells of it.

https://asgi.readthedocs.io/en/latest/specs/www.html#wsgi-compatibility
"""

import io
import sys
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes, urlsplit

# Said once for each process; the server's name and port are what the request's Host says.
_PROCESS: Final = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
_NOT_PREFIXED: Final = {b"content-type": "CONTENT_TYPE"}
# Framing is over: the body is here.
_LEFT_OUT: Final = {b"content-length", b"transfer-encoding"}


def environ_of(scope: Mapping[str, Any], body: bytes, content_length: int) -> dict[str, Any]:
    """The environ of a request whose body is here, as far as it is read; `content_length` is all of it."""
    client, (name, port) = scope["client"], scope["server"]
    environ = {
        **_PROCESS,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": _path(scope["raw_path"]),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": name,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "CONTENT_LENGTH": str(content_length),
        "wsgi.input": io.BytesIO(body),
    }
    for header, value in scope["headers"]:
        if header not in _LEFT_OUT:
            key = _NOT_PREFIXED.get(header) or "HTTP_" + header.decode("latin-1").upper().replace("-", "_")
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


def _path(raw_path: bytes) -> str:
    # A request may name the whole URL: RFC 9112, 3.2.2.
    path = raw_path if raw_path.startswith((b"/", b"*")) else urlsplit(raw_path).path or b"/"
    return (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")
