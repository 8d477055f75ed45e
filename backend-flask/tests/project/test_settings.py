"""The environment is checked once, at start, in sentences that help and that tell no secret."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from cruddur.activities.notices import Notices
from cruddur.database.connection_url import ConnectionUrl
from cruddur.settings import COGNITO_ENDPOINT_VARIABLE, Settings, SettingsError

BACKEND_FOLDER = Path(__file__).parents[2]
GOOD = {
    "CONNECTION_URL": "postgresql://cruddur:s3cr3t%40word@database.example:5433/cruddur",
    "AWS_COGNITO_USER_POOL_ID": "ca-central-1_AbCdEf123",
    "AWS_COGNITO_USER_POOL_CLIENT_ID": "1example23456789",
    "FRONTEND_URL": "https://cruddur.example/",
    "BACKEND_URL": "http://localhost:4567",
}


def problems(**changes: str) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(GOOD | changes)
    return str(caught.value)


def test_a_good_environment_is_read() -> None:
    settings = Settings.from_environment(GOOD)
    assert str(settings.connection_url) == "database cruddur at database.example:5433"
    assert settings.cognito_issuer == "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_AbCdEf123"
    assert settings.cognito_client_id == "1example23456789"
    assert settings.allowed_origins == ("https://cruddur.example", "http://localhost:4567")
    assert "s3cr3t" not in repr(settings)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", ["", "  "])
def test_what_is_missing_is_named(name: str, value: str) -> None:
    assert problems(**{name: value}).startswith(f"{name} is missing")


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({})
    assert [line.split()[0] for line in str(caught.value).splitlines()] == list(GOOD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_COGNITO_USER_POOL_ID", "with space"),
        ("AWS_COGNITO_USER_POOL_ID", "ca-central-1_../../x"),
        ("AWS_COGNITO_USER_POOL_ID", "noregion"),
        ("AWS_COGNITO_USER_POOL_CLIENT_ID", "not/an/id"),
        ("FRONTEND_URL", "*"),
        ("FRONTEND_URL", "https://*.example"),
        ("FRONTEND_URL", "cruddur.example"),
        ("FRONTEND_URL", "ftp://cruddur.example"),
        ("FRONTEND_URL", "https://"),
        ("FRONTEND_URL", "https://user@cruddur.example"),
        ("BACKEND_URL", "https://cruddur.example/api"),
        ("BACKEND_URL", "https://cruddur.example?x=1"),
        ("BACKEND_URL", "https://cruddur.example:port"),
        ("BACKEND_URL", "https://cruddur.example:99999"),
        (COGNITO_ENDPOINT_VARIABLE, "file:///etc"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(name: str, value: str) -> None:
    message = problems(**{name: value})
    assert name in message
    assert "allowed is" in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("pool_id", "region", "issuer"),
    [
        ("us-east-1_Abc", "eu-west-1", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc"),
        ("plain", "eu-west-1", "https://cognito-idp.eu-west-1.amazonaws.com/plain"),
        ("cn-north-1_Abc", "", "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Abc"),
    ],
)
@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_pools_own_region_goes_before_the_services(
    pool_id: str, region: str, issuer: str, variable: str
) -> None:
    settings = Settings.from_environment(GOOD | {"AWS_COGNITO_USER_POOL_ID": pool_id, variable: region})
    assert settings.cognito_issuer == issuer


# Each has the password "s3cr3t" or what a raw character makes of it.
WRONG_URLS = [
    "s3cr3t",
    "mysql://user:s3cr3t@host/cruddur",
    "http://user:s3cr3t@host/cruddur",
    "postgresql+psycopg://user:s3cr3t@host/cruddur",
    "postgresql://user:s3cr3t@host",
    "postgresql://user:s3cr3t@host/",
    "postgresql://user:s3cr3t@/cruddur",
    "postgresql://user:s3cr3t@host:port/cruddur",
    "postgresql://user:s3cr3t@host:99999999/cruddur",
    "postgresql://user:s3cr3t/more@host:5432/cruddur",
    "postgresql://user:pass@s3cr3t@host/cruddur",
    "postgresql://user:s3cr3t%zz@host/cruddur",
    "postgresql://user:s3cr3t@host/cruddur?nonsense=1",
    "postgresql://user:s3cr3t@host/crud dur",
    "postgresql://user:s3cr3t@host/" + "a" * 64,
    "postgresql://user:s3cr3t@[::1/cruddur",
    "host=localhost password=s3cr3t dbname=cruddur",
]


@pytest.mark.parametrize("url", WRONG_URLS)
def test_a_wrong_database_address_is_refused_and_never_repeated(url: str) -> None:
    message = problems(CONNECTION_URL=url)
    assert message.startswith("CONNECTION_URL cannot be used")
    assert "postgresql://USER:PASSWORD@HOST:PORT/DATABASE" in message
    assert "s3cr3t" not in message


PARTS = {
    "PGHOST": "shop.abc.ca-central-1.rds.amazonaws.com",
    "PGPORT": "5433",
    "PGDATABASE": "shop",
    "PGUSER": "owner",
    "PGPASSWORD": "s3cr3t:@/?#[]%&",
}


def test_the_database_is_told_by_parts_too() -> None:
    without_url = {name: value for name, value in GOOD.items() if name != "CONNECTION_URL"}
    told = Settings.from_environment(without_url | PARTS).connection_url
    assert str(told) == "database shop at shop.abc.ca-central-1.rds.amazonaws.com:5433"
    values = conninfo_to_dict(told.text)
    assert (values["user"], values["password"]) == ("owner", PARTS["PGPASSWORD"])
    # A URL that is there says more than the parts, which a shell may have for psql.
    assert Settings.from_environment(GOOD | PARTS).connection_url.host == "database.example"


def test_a_wrong_part_is_refused_and_no_password_repeated() -> None:
    message = problems(**{"CONNECTION_URL": "", **PARTS, "PGDATABASE": ""})
    assert message.startswith("PGHOST cannot be used: it names no database")
    assert "s3cr3t" not in message


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    secret = f"s3cr3t{text}"
    for url in (secret, f"postgresql://{secret}", f"postgresql://user:{secret}@host/cruddur"):
        with contextlib.suppress(SettingsError):
            settings = Settings.from_environment(GOOD | {"CONNECTION_URL": url})
            assert settings.connection_url.port.isdecimal()
            continue
        assert "s3cr3t" not in problems(CONNECTION_URL=url)


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("u:p@localhost", True),
        ("u:p@127.0.0.1", True),
        ("u:p@127.8.8.8:5433", True),
        ("u:p@[::1]:5433", True),
        ("u:p@database.example", False),
        ("u:p@10.0.0.1", False),
        ("u:p@localhost.example", False),
        ("u:p@localhost,database.example", False),
        ("u:p@localhost,127.0.0.1", True),
    ],
)
def test_a_local_address_is_told_from_a_distant_one(host: str, is_local: bool) -> None:  # noqa: FBT001 - a case's value
    assert ConnectionUrl.parse(f"postgresql://{host}/cruddur").is_local is is_local


@pytest.mark.parametrize(
    ("query", "is_local"),
    [("host=/var/run/postgresql", True), ("host=database.example", False), ("hostaddr=10.0.0.1", False)],
)
def test_the_host_that_libpq_would_use_is_the_one_that_counts(query: str, is_local: bool) -> None:  # noqa: FBT001 - a case's value
    start = "postgresql:///" if "host=/" in query else "postgresql://localhost/"
    assert ConnectionUrl.parse(f"{start}cruddur?{query}").is_local is is_local


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "[{}]", '[{"expires_at": "soon"}]', '[{"expires_at": "2100-01-01T00:00:00+00:00"}]'],
)
def test_notices_that_are_not_in_order_stop_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match=r"notices\.json"):
        Notices(text)


def test_a_notice_expires() -> None:
    counts = {"likes_count": 0, "replies_count": 0, "reposts_count": 0}
    common = {"uuid": "u", "handle": "h", "message": "m", "replies": [], **counts}
    days = [("2026-01-01", "2026-02-01"), ("2026-01-02", "2100-01-01"), ("2026-01-03", "2100-01-01")]
    times = [{"created_at": f"{a}T00:00:00Z", "expires_at": f"{b}T00:00:00Z"} for a, b in days]
    current = Notices(json.dumps([common | each for each in times])).current()
    assert [notice["created_at"][:10] for notice in current] == ["2026-01-03", "2026-01-02"]


def start(**environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"],
        cwd=BACKEND_FOLDER,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"FRONTEND_URL": ""}, "FRONTEND_URL"),
        ({"CONNECTION_URL": WRONG_URLS[1]}, "CONNECTION_URL"),
        ({"WORKER_PROCESSES": "many"}, "WORKER_PROCESSES"),
        ({"WORKER_PROCESSES": "0"}, "WORKER_PROCESSES"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ],
)
def test_the_server_does_not_start_and_says_why(changes: dict[str, str], named: str) -> None:
    done = start(**(GOOD | changes))
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "s3cr3t" not in done.stderr + done.stdout
