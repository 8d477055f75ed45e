"""A user pool on this machine: real RSA keys, a real HTTP server that gives them out, and tokens."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

POOL_ID = "ca-central-1_Tests0001"
CLIENT_ID = "tests0client0id"


class UserPool:
    """Signs tokens as Cognito does. `requests` counts how often its keys were asked for.

    `answers` turned off makes it fail; `key_set_given_out` is what it gives out, a document or its bytes;
    `drip_seconds` is what it waits before each of them.
    """

    def __init__(self, endpoint: str) -> None:
        """`endpoint` is the address, without a path, that its keys are served at."""
        self.endpoint = endpoint
        self.issuer = f"{endpoint}/{POOL_ID}"
        self.requests = 0
        self.answers = True
        self.drip_seconds = 0.0
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self.rotate("first")

    def rotate(self, key_id: str) -> None:
        """Adds a signing key."""
        self._keys[key_id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_set_given_out: object = self.key_set()

    def key_set(self) -> dict[str, list[dict[str, Any]]]:
        """The JSON Web Key Set with the public half of every signing key."""
        to_jwk = jwt.algorithms.RSAAlgorithm.to_jwk
        public = ((name, to_jwk(key.public_key(), as_dict=True)) for name, key in self._keys.items())
        return {"keys": [{**key, "kid": name, "alg": "RS256", "use": "sig"} for name, key in public]}

    def public_key(self, key_id: str) -> rsa.RSAPublicKey:
        """The public half of a key."""
        return self._keys[key_id].public_key()

    def claims(self, **changes: object) -> dict[str, Any]:
        """An access token's claims; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {
            "sub": "5a0e4b2c-0000-4000-8000-000000000001",
            "username": "ada",
            "iss": self.issuer,
            "client_id": CLIENT_ID,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "iat": now,
            "exp": now + 3600,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def sign(
        self,
        claims: dict[str, Any],
        key_id: str = "first",
        headers: dict[str, str] | None = None,
        algorithm: str = "RS256",
    ) -> str:
        """A token with these claims."""
        headers = {"kid": key_id} if headers is None else headers
        return jwt.encode(claims, self._keys[key_id], algorithm=algorithm, headers=headers)

    def token(self, **changes: object) -> str:
        """An access token, with these changes to its claims."""
        return self.sign(self.claims(**changes))

    def sign_in(self, **changes: object) -> dict[str, str]:
        """The header of a request by the person whom the claims describe."""
        return {"Authorization": f"Bearer {self.token(**changes)}"}


@contextmanager
def serving_user_pool() -> Iterator[UserPool]:
    """Serves a new pool's keys on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pool.requests += 1
            if self.path != f"/{POOL_ID}/.well-known/jwks.json" or not pool.answers:
                self.send_error(500 if self.path.startswith(f"/{POOL_ID}") else 404)
                return
            given_out = pool.key_set_given_out
            body = given_out if isinstance(given_out, bytes) else json.dumps(given_out).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not pool.drip_seconds:
                self.wfile.write(body)
                return
            with suppress(OSError):
                for byte in body:
                    time.sleep(pool.drip_seconds)
                    self.wfile.write(bytes([byte]))

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the parent's name
            """Says nothing: the tests' output is for the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        pool = UserPool(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield pool
        finally:
            server.shutdown()
            thread.join()
