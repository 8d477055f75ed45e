"""Who may write: the holder of an access token of our app client, of our user pool, that is in force."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from socket import create_server

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient

from cruddur.authentication.signing_keys import (
    FETCH_SECONDS,
    WAIT_SECONDS,
    KeysUnavailableError,
    SigningKeys,
    UnknownKeyError,
)
from cruddur.authentication.tokens import InvalidTokenError, TokenVerifier
from tests.conftest import MakeService
from tests.support.user_pool import CLIENT_ID, UserPool, serving_user_pool

PATH = "/api/activities"


ODD_KEYS: list[object] = [
    None,
    "odd",
    [],
    {},
    {"kid": "odd"},
    {"kid": ["odd"], "kty": "RSA"},
    {"kid": "odd", "kty": "oct", "k": "c2VjcmV0"},
    {"kid": "odd", "kty": "RSA"},
    {"kid": "odd", "kty": "RSA", "n": "", "e": ""},
    {"kid": "odd", "kty": "RSA", "n": 1, "e": []},
    {"kid": "odd", "kty": "RSA", "n": "\u00e9", "e": "AQAB"},
    {"kid": "odd", "kty": "RSA", "n": "AQAB", "e": "AQAB"},
    {"kid": "odd", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
]


def same(one: RSAPublicKey, other: RSAPublicKey) -> bool:
    return one.public_numbers() == other.public_numbers()


@pytest.fixture
def own_pool() -> Iterator[UserPool]:
    """A user pool that one test may rotate, count and break."""
    with serving_user_pool() as pool:
        yield pool


def status(client: FlaskClient, authorization: str | None) -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = client.post(PATH, json={"message": "hi"}, headers=headers)
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.json is not None
        assert response.json["error"]["code"] == "unauthorized"
    return response.status_code


@pytest.mark.parametrize(
    "authorization",
    [
        *(None, "", " ", "Bearer", "Bearer ", "Bearer a.b.c", "Bearer \xff\xfe", "Bearer .", "Bearer =.=.="),
        *("Basic YTpi", "Basic //79", "Basic \xff", "Basic YTp", "Digest a=b", "nonsense", "\xff"),
    ],
)
def test_no_token_is_no_entry(shared_service: FlaskClient, authorization: str | None) -> None:
    assert status(shared_service, authorization) == 401


def test_a_token_is_an_entry(shared_service: FlaskClient, user_pool: UserPool) -> None:
    assert status(shared_service, f"Bearer {user_pool.token()}") == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iss": "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_Other0001"},
        {"iss": None},
        {"client_id": "another"},
        {"client_id": None},
        {"token_use": "id"},
        {"token_use": None},
        {"sub": None},
        {"sub": ""},
        {"username": None},
        {"username": ""},
        {"nbf": 4_000_000_000},
        {"username": "a\0b"},
        {"username": "half \ud800"},
        {"username": "two\nlines"},
        {"username": " "},
        {"username": "a" * 129},
        {"username": "a" * 3000},
        {"username": ["ada"]},
        {"sub": "a\0b"},
        {"sub": "\udfff"},
        {"sub": "a" * 3000},
        {"exp": -(10**400)},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_one_wrong_claim_is_no_entry(
    shared_service: FlaskClient, user_pool: UserPool, changes: dict[str, object]
) -> None:
    signed = user_pool.sign_in(**changes)["Authorization"]
    assert status(shared_service, signed) == 401


def test_a_token_of_another_key_with_the_same_name_is_no_entry(
    shared_service: FlaskClient, user_pool: UserPool
) -> None:
    with serving_user_pool() as impostor:
        forged = impostor.token(iss=user_pool.issuer)
    assert status(shared_service, f"Bearer {forged}") == 401


@pytest.mark.parametrize("headers", [{}, {"kid": "unknown"}], ids=str)
def test_a_token_that_names_no_known_key_is_no_entry(
    shared_service: FlaskClient, user_pool: UserPool, headers: dict[str, str]
) -> None:
    assert status(shared_service, f"Bearer {user_pool.sign(user_pool.claims(), headers=headers)}") == 401


def test_the_algorithm_is_not_the_tokens_to_choose(shared_service: FlaskClient, user_pool: UserPool) -> None:
    claims = user_pool.claims()
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})
    assert status(shared_service, f"Bearer {unsigned}") == 401
    pem = user_pool.public_key("first").public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # Signed with the public key as if it were a shared secret: PyJWT will not make such a token, an attacker
    # would.
    assert status(shared_service, f"Bearer {_hmac_token(claims, pem)}") == 401
    # The right key, another algorithm of the same family.
    assert status(shared_service, f"Bearer {user_pool.sign(claims, algorithm='RS512')}") == 401


def _hmac_token(claims: dict[str, object], secret: bytes) -> str:
    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    header = part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "first"}).encode())
    signing_input = f"{header}.{part(json.dumps(claims).encode())}"
    signature = hmac.new(secret, signing_input.encode(), "sha256").digest()
    return f"{signing_input}.{part(signature)}"


@pytest.mark.one_process
def test_keys_are_fetched_at_the_first_token_and_kept(
    make_service: MakeService, database_url: str, own_pool: UserPool
) -> None:
    client = make_service(database_url, own_pool)
    assert client.get("/api/activities/home").status_code == 200
    assert status(client, None) == 401
    assert own_pool.requests == 0
    for _ in range(3):
        assert status(client, f"Bearer {own_pool.token()}") == 201
    assert own_pool.requests == 1


@pytest.mark.one_process
def test_made_up_key_names_do_not_flood_the_user_pool(
    make_service: MakeService, connection_url: str, own_pool: UserPool
) -> None:
    client = make_service(connection_url, own_pool)
    for number in range(20):
        token = own_pool.sign(own_pool.claims(), headers={"kid": f"made-up-{number}"})
        assert status(client, f"Bearer {token}") == 401
    assert own_pool.requests == 1


def test_a_new_key_is_found_after_the_pause(own_pool: UserPool) -> None:
    keys = SigningKeys(own_pool.issuer, pause_seconds=0.05)
    assert same(keys.key("first"), own_pool.public_key("first"))
    own_pool.rotate("second")
    time.sleep(0.06)
    assert same(keys.key("second"), own_pool.public_key("second"))
    with pytest.raises(UnknownKeyError):
        keys.key("third")


def test_keys_outlive_their_source(own_pool: UserPool) -> None:
    keys = SigningKeys(own_pool.issuer, pause_seconds=0.05)
    keys.key("first")
    own_pool.answers = False
    time.sleep(0.06)
    with pytest.raises(KeysUnavailableError):
        keys.key("second")
    assert same(keys.key("first"), own_pool.public_key("first"))


@pytest.mark.parametrize("odd", ODD_KEYS, ids=str)
def test_an_odd_key_takes_no_good_one_with_it(own_pool: UserPool, odd: object) -> None:
    own_pool.key_set_given_out = {"keys": [odd, *own_pool.key_set()["keys"], odd]}
    keys = SigningKeys(own_pool.issuer)
    assert same(keys.key("first"), own_pool.public_key("first"))
    with pytest.raises(UnknownKeyError):
        keys.key("odd")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 30_000,
        b'{"keys": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"keys": [' + b" " * 100_000 + b"]}",
        *({"keys": [odd]} for odd in ODD_KEYS),
        {"keys": [{"kid": "first", "kty": "odd"}]},
        {"keys": []},
        {"keys": None},
        [],
    ],
    ids=lambda document: str(document)[:40],
)
def test_a_document_of_no_use_takes_no_good_key_away(own_pool: UserPool, document: object) -> None:
    keys = SigningKeys(own_pool.issuer, pause_seconds=0.05)
    keys.key("first")
    own_pool.key_set_given_out = document
    time.sleep(0.06)
    with pytest.raises(KeysUnavailableError):
        keys.key("second")
    assert same(keys.key("first"), own_pool.public_key("first"))


def test_a_key_that_has_become_unreadable_is_kept_and_one_that_was_withdrawn_is_not(
    own_pool: UserPool,
) -> None:
    keys = SigningKeys(own_pool.issuer, pause_seconds=0.05)
    own_pool.rotate("second")
    own_pool.rotate("third")
    keys.key("first")
    unreadable = {"kid": "first", "kty": "odd"}
    own_pool.key_set_given_out = {"keys": [unreadable, *own_pool.key_set()["keys"][1:2]]}
    time.sleep(0.06)
    with pytest.raises(UnknownKeyError):
        keys.key("fourth")
    assert same(keys.key("first"), own_pool.public_key("first"))
    with pytest.raises(UnknownKeyError):
        keys.key("third")


def test_a_token_is_remembered_no_longer_than_its_key(own_pool: UserPool) -> None:
    keys = SigningKeys(own_pool.issuer, pause_seconds=0.05)
    verifier = TokenVerifier(keys, own_pool.issuer, CLIENT_ID)
    token = own_pool.token()
    assert verifier.caller(token) == verifier.caller(token)
    own_pool.rotate("second")
    own_pool.key_set_given_out = {"keys": own_pool.key_set()["keys"][1:]}
    time.sleep(0.06)
    keys.key("second")
    with pytest.raises(InvalidTokenError, match="no such signing key"):
        verifier.caller(token)


def test_a_token_is_remembered_until_it_expires(user_pool: UserPool) -> None:
    verifier = TokenVerifier(SigningKeys(user_pool.issuer), user_pool.issuer, CLIENT_ID)
    # At least a second from now on.
    expires_at = int(time.time()) + 2
    token = user_pool.token(exp=expires_at)
    assert verifier.caller(token) == verifier.caller(token)
    time.sleep(expires_at - time.time())
    with pytest.raises(InvalidTokenError, match="expired"):
        verifier.caller(token)


def test_a_dripping_document_delays_nobody_with_a_known_key(own_pool: UserPool) -> None:
    keys = SigningKeys(own_pool.issuer, pause_seconds=0.05)
    keys.key("first")
    own_pool.drip_seconds = 0.05
    time.sleep(0.06)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        unknown = [threads.submit(keys.key, "second") for _ in range(7)]
        time.sleep(0.1)
        assert same(keys.key("first"), own_pool.public_key("first"))
        assert time.monotonic() - began < 0.5
        for each in unknown:
            with pytest.raises(KeysUnavailableError):
                each.result()
    assert time.monotonic() - began < WAIT_SECONDS + 1
    assert own_pool.requests == 2
    own_pool.drip_seconds = 0
    own_pool.rotate("second")
    found = None
    while found is None and time.monotonic() - began < FETCH_SECONDS + 2:
        with suppress(KeysUnavailableError, UnknownKeyError):
            found = keys.key("second")
        time.sleep(0.01)
    assert found


@pytest.mark.parametrize("key_set", [{"keys": []}, {"keys": [{"kty": "odd"}]}, {}, [], "text"])
def test_a_key_set_that_is_none_leaves_writing_unavailable(
    make_service: MakeService, connection_url: str, own_pool: UserPool, key_set: object
) -> None:
    own_pool.key_set_given_out = key_set
    assert status(make_service(connection_url, own_pool, FlaskClient), f"Bearer {own_pool.token()}") == 503


def test_home_stays_up_while_the_user_pool_is_silent(make_service: MakeService, connection_url: str) -> None:
    # A port that accepts and never answers: the slowest way to be down.
    with create_server(("127.0.0.1", 0), backlog=64) as silent:
        pool = UserPool(f"http://127.0.0.1:{silent.getsockname()[1]}")
        client = make_service(connection_url, pool, FlaskClient)
        token = f"Bearer {pool.token()}"

        def post(_: int) -> int:
            return status(client.application.test_client(), token)

        began = time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(post, range(8))) == {503}
            assert time.monotonic() - began < 4, "each waited for its own fetch"
        began = time.monotonic()
        assert status(client, token) == 503
        response = client.get("/api/activities/home", headers={"Authorization": token})
        assert response.status_code == 200
        assert time.monotonic() - began < 1, "the failure was not remembered"
