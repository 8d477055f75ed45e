"""A handle is its person's own: nobody takes it, nor one that looks like it."""

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.support.user_pool import UserPool

ACTIVITIES = "/api/activities"
SEEDED = ["worf", "andrewbrown", "yaya2devops"]
LOOK_ALIKES = [
    ("worf", "WORF"),
    ("worf", "w\N{CYRILLIC SMALL LETTER O}rf"),
    ("worf", "w\N{GREEK SMALL LETTER OMICRON}rf"),
    ("worf", "\N{FULLWIDTH LATIN SMALL LETTER W}orf"),
    ("worf", "wor\N{MATHEMATICAL BOLD SMALL F}"),
    ("worf", "wo\N{ZERO WIDTH SPACE}rf"),
    ("worf", "w0rf"),
    ("andrewbrown", "andrevvbrown"),
    ("yaya2devops", "\N{CYRILLIC SMALL LETTER U}aya2de\N{GREEK SMALL LETTER NU}ops"),
    ("Bill", "biII"),
    ("Bill", "BILL"),
    ("Bill", "bi1|"),
    ("modem", "modern"),
    ("wei\N{LATIN SMALL LETTER SHARP S}", "WEISS"),
    ("\N{GREEK CAPITAL LETTER ALPHA}\N{GREEK CAPITAL LETTER NU}", "an"),
]
DIFFERENT = [("kali", "kall"), ("zoe", "zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"), ("ann", "anna")]


def status(client: FlaskClient, pool: UserPool, handle: str) -> int:
    headers = pool.sign_in(sub=f"the one called {handle}", username=handle)
    return client.post(ACTIVITIES, json={"message": "hi"}, headers=headers).status_code


@pytest.mark.parametrize("handle", SEEDED)
def test_a_seeded_name_cannot_be_taken(shared_service: FlaskClient, user_pool: UserPool, handle: str) -> None:
    assert status(shared_service, user_pool, handle) == 409


@pytest.mark.parametrize(("handle", "look_alike"), LOOK_ALIKES)
def test_what_looks_like_a_handle_cannot_be_taken(
    shared_service: FlaskClient, user_pool: UserPool, handle: str, look_alike: str
) -> None:
    if handle not in SEEDED:
        assert status(shared_service, user_pool, handle) == 201
    assert status(shared_service, user_pool, look_alike) == 409
    if handle not in SEEDED:
        assert status(shared_service, user_pool, handle) == 201


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_looks_different_can(
    shared_service: FlaskClient, user_pool: UserPool, one: str, other: str
) -> None:
    assert status(shared_service, user_pool, one) == 201
    assert status(shared_service, user_pool, other) == 201


def test_the_owner_is_known_by_their_subject(
    service: FlaskClient, user_pool: UserPool, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE users SET cognito_user_id = 'the-real-worf' WHERE handle = 'worf'")
    theirs = user_pool.sign_in(sub="the-real-worf", username="worf")
    assert service.post(ACTIVITIES, json={"message": "Qapla'"}, headers=theirs).status_code == 201
    another = user_pool.sign_in(sub="somebody-else", username="worf")
    assert service.post(ACTIVITIES, json={"message": "hi"}, headers=another).status_code == 409


def test_a_name_with_a_slash_has_a_page(shared_service: FlaskClient, user_pool: UserPool) -> None:
    assert status(shared_service, user_pool, "ada/lovelace") == 201
    for path in ("@ada/lovelace", "@ada%2Flovelace"):
        page = shared_service.get(f"/api/activities/{path}")
        assert page.status_code == 200
        assert page.json is not None
        assert page.json["data"][0]["handle"] == "ada/lovelace"


@pytest.mark.parametrize(
    "handle", ["\u0301", "¨", "-", "/", ".", "..", "🎉", "%2F", "\\", "a" * 128, "é" * 128]
)
def test_every_name_that_a_user_pool_allows_is_taken_or_refused(
    shared_service: FlaskClient, user_pool: UserPool, handle: str
) -> None:
    assert status(shared_service, user_pool, handle) in {201, 409}
