"""The settings file: every mistake is one sentence, all of them come at once, and nothing ends in a traceback."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.errors import CannotRunError
from settings import project
from settings.root import SETTINGS_FILE

SHIPPED = SETTINGS_FILE.read_text("utf-8")
COMMAND = 'command = ["python", "-m", "cruddur.database_commands", "migrate"]'


def load(text: str, folder: Path) -> project.Project:
    path = folder / "system.toml"
    path.write_text(text, "utf-8")
    return project.load(path)


def refused(text: str, folder: Path) -> list[str]:
    with pytest.raises(CannotRunError) as caught:
        load(text, folder)
    return list(caught.value.sentences)


def test_the_shipped_settings_are_in_order() -> None:
    read = project.load(SETTINGS_FILE)
    assert read.application == "cruddur"
    assert [service.name for service in read.services] == ["backend-flask"]
    assert read.services[0].delivered.pipeline == "cruddur-backend-fargate"


def test_every_kind_of_key_has_a_comment_above_it() -> None:
    explained: set[str] = set()
    comment = ""
    for line in SHIPPED.splitlines():
        key = line.split(" = ")[0] if " = " in line and not line.startswith("#") else ""
        if key and comment:
            explained.add(key)
        comment = line if line.startswith("#") or (comment and (key or line.startswith("["))) else ""
    present = {line.split(" = ")[0] for line in SHIPPED.splitlines() if " = " in line and not line.startswith("#")}
    assert present - explained == set()


@pytest.mark.parametrize(
    ("found", "put", "parts"),
    [
        ('application = "cruddur"', 'application = "Cruddur!"', ["application", "'Cruddur!'", "lower-case letters"]),
        ('application = "cruddur"', "", ["application", "found nothing"]),
        ('branch = "prod"', "branch = 3", ["[repository] branch", "the number 3", "Git branch"]),
        ('branch = "prod"', 'brunch = "prod"', ["[repository] brunch", "unknown key", "did you mean branch?"]),
        ('branch = "prod"', 'branch = "a..b"', ["[repository] branch", "'a..b'"]),
        ('full_name = "yaya2', 'full_name = "https://github.com/yaya2', ["[repository] full_name", "owner/name"]),
        ("artifact_retention_days = 90", "artifact_retention_days = 0", ["[foundation]", "from 1 to 3650", "0"]),
        ("artifact_retention_days = 90", "artifact_retention_days = true", ["found true"]),
        ("nat_gateways = 1", "nat_gateways = 3", ["[runtime] nat_gateways", "from 0 to 2"]),
        ('network = "10.0.0.0/16"', 'network = "8.8.0.0/16"', ["[runtime] network", "private /16"]),
        ("wanted = true", 'wanted = "yes"', ["[runtime] wanted", "the text 'yes'", "true or false"]),
        ("log_retention_days = 30", "log_retention_days = 31", ["log_retention_days", "31", "14, 30, 60"]),
        ('execution_mode = "QUEUED"', 'execution_mode = "PARALLEL"', ["execution_mode", "QUEUED, SUPERSEDED"]),
        ('compute_type = "BUILD_GENERAL1_SMALL"', 'compute_type = "BIG"', ["compute_type", "'BIG'"]),
        ("port = 4567", "port = 80", ["[services[1]] port", "from 1024 to 65535"]),
        ("port = 4567", "port = 4567.0", ["[services[1]] port", "4567.0"]),
        ("outbound_ports = [5432]", "outbound_ports = [0]", ["outbound_ports", "from 1 to 65535"]),
        ("outbound_ports = [5432]", "outbound_ports = [5432, 5432]", ["outbound_ports", "none twice"]),
        ("outbound_ports = [5432]", 'outbound_ports = ["443"]', ["outbound_ports", "whole numbers"]),
        ("required = true", 'required = "no"', ["[services[1].admission] required", "true or false"]),
        ('severity = "CRITICAL"', 'severity = "critical"', ["severity", "CRITICAL, HIGH, MEDIUM, LOW, NONE"]),
        ('unfixed = "report"', 'unfixed = "hide"', ["unfixed", "report, refuse"]),
        ('/library/python:*"]', '/library/python, ;"]', ["base_images", "name of an image"]),
        ("memory = 512", "memory = 4096", ["memory", "256 CPU units", "512, 1024, 2048"]),
        ('secrets = ["CONNECTION_URL"]', 'secrets = ["AWS_ACCOUNT_ID"]', ["secrets", "AWS_ACCOUNT_ID", "already"]),
        ('secrets = ["CONNECTION_URL"]', 'secrets = ["A", "A"]', ["secrets", "'A'", "none twice"]),
        ('secrets = ["CONNECTION_URL"]', 'secrets = ["CODEBUILD_X"]', ["secrets", "neither begins CODEBUILD_"]),
        ('secrets = ["CONNECTION_URL"]', 'secrets = ["PATH"]', ["secrets", "'PATH'", "the image or ECS sets"]),
        ('secrets = ["CONNECTION_URL"]', 'secrets = ["ECS_AGENT_URI"]', ["secrets", "'ECS_AGENT_URI'"]),
        ('BACKEND_URL = "service-url"', 'HOME = "parameter"', ["environment] HOME", "the image or ECS sets"]),
        (
            'name = "AWS_COGNITO_USER_POOL_ID"',
            'name = "AWS_ACCESS_KEY_ID"',
            ["parameters[1]] name", "the image or ECS sets"],
        ),
        ('BACKEND_URL = "service-url"', 'backend_url = "x"', ["backend_url", "variable in capitals"]),
        ("pattern = '[a-z0-9]{1,128}'", "pattern = '['", ["pattern", "regular expression"]),
        ('path_patterns = ["/*"]', "path_patterns = []", ["path_patterns", "1 to 5"]),
        ('not_shipped = ["tests", "bench"]', 'not_shipped = [".."]', ["security] not_shipped", "'..'"]),
        ('"MIT License", ', '"MIT;GPL", ', ["security] licences", "'MIT;GPL'", "Apache-2.0"]),
        ("within_seconds = 60", "within_seconds = 5", ["[services[1].verify] within_seconds", "from 10 to 240"]),
        ('openapi = "/api/openapi.json"', 'openapi = "openapi.json"', ["verify] openapi", "begins with a slash"]),
        ('path = "/api/readiness-check"', "path = 3", ["verify.requests[2]] path", "begins with a slash"]),
        ("status = 200", "status = 99", ["verify.requests[1]] status", "from 200 to 599"]),
        (
            'path_patterns = ["/*"]',
            'path_patterns = ["/v1/*"]',
            ["verify] requests", "'/api/health-check', which none of"],
        ),
        (COMMAND, "command = []", ["[services[1].migrations] command", "an empty list", "leave the whole table out"]),
        (COMMAND, 'command = "flask db"', ["[services[1].migrations] command", "'flask db'", "the command first; or"]),
        (COMMAND, 'command = "migrate"', ["[services[1].migrations] command", "list of words"]),
        ("[[services]]\n", "[services]\n", ["services", "[[services]]"]),
        ('application = "cruddur"', 'application = "cruddur"\nextra = 1', ["extra", "unknown key"]),
        ('name = "backend-flask"', 'name = "backend--flask"', ["[services[1]] name", "single dashes"]),
        ('folder = "backend-flask"', 'folder = "."', ["[services[1]] folder", "not . or .."]),
        ('folder = "backend-flask"', 'folder = "a/./b"', ["[services[1]] folder", "'a/./b'"]),
        ('folder = "backend-flask"', 'folder = "a//b"', ["[services[1]] folder", "'a//b'"]),
        ('network = "10.0.0.0/16"', 'network = "10.999.0.0/16"', ["[runtime] network", "'10.999.0.0/16'"]),
        ('path_patterns = ["/*"]', "path_patterns = []", ["path_patterns: found an empty list"]),
    ],
)
def test_a_mistake_is_one_sentence(found: str, put: str, parts: list[str], tmp_path: Path) -> None:
    assert found in SHIPPED
    sentences = refused(SHIPPED.replace(found, put, 1), tmp_path)
    assert any(all(part in sentence for part in parts) for sentence in sentences), sentences
    assert all("system.toml: " in sentence for sentence in sentences)


def test_a_database_is_read_and_its_names_are_taken(tmp_path: Path) -> None:
    text = SHIPPED.replace("[builds]", "[database]\n[builds]", 1)
    read = load(text, tmp_path)
    assert read.database is not None
    assert (read.database.name, read.database.instance_class, read.services[0].uses_database) == (
        "cruddur",
        "db.t4g.micro",
        True,
    )
    (sentence,) = refused(text.replace('"CONNECTION_URL"', '"PGHOST"'), tmp_path)
    assert "PGHOST, which is there already" in sentence
    (sentence,) = refused(text.replace("\n[database]", "\n[database]\nstorage_gib = 5"), tmp_path)
    assert "[database] storage_gib: found the number 5; allowed: a whole number of GiB from 20 to 65536" in sentence
    (sentence,) = refused(text.replace("wanted = true", "wanted = false"), tmp_path)
    assert "database: found a table, and [runtime] wanted = false" in sentence


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = (
        SHIPPED.replace("port = 4567", "port = 1")
        .replace('branch = "prod"', "branch = 1")
        .replace("cpu = 256", "cpu = 3")
    )
    places = [sentence.split(": ")[1] for sentence in refused(text, tmp_path)]
    assert sorted(places) == ["[repository] branch", "[services[1]] cpu", "[services[1]] port"]


def test_two_services_can_not_share_a_name(tmp_path: Path) -> None:
    service = SHIPPED[SHIPPED.index("\n[[services]]\n") :]
    sentences = refused(SHIPPED + service, tmp_path)
    assert any("'backend-flask' 2 times" in sentence for sentence in sentences)
    assert any("'cruddur-backend-fargate' 2 times" in sentence for sentence in sentences)


def test_two_pipelines_can_not_share_a_folder_of_artifacts(tmp_path: Path) -> None:
    service = SHIPPED[SHIPPED.index("\n[[services]]\n") :].replace('"backend-flask"', '"backend-two"')
    service = service.replace('["/*"]', '["/two/*"]').replace('"/api/', '"/two/')
    sentences = refused(SHIPPED + service.replace("cruddur-backend-fargate", "cruddur-backend-fargo"), tmp_path)
    assert any(
        "'cruddur-backend-fargate' and 'cruddur-backend-fargo', which all begin 'cruddur-backend-farg'" in sentence
        and "within their first 20 characters" in sentence
        for sentence in sentences
    ), sentences
    load(SHIPPED + service.replace("cruddur-backend-fargate", "cruddur-backend-two"), tmp_path)


def test_names_that_would_make_a_role_too_long_are_refused(tmp_path: Path) -> None:
    text = SHIPPED.replace('application = "cruddur"', f'application = "{"a" * 32}"').replace(
        '"backend-flask"', f'"{"b" * 28}"'
    )
    assert "at most 16 characters" in refused(text, tmp_path)[0]


@pytest.mark.parametrize("folder", ["a", "apps/backend-flask", ".github/x", "a..b/c.d", "x" * 200])
def test_a_path_below_the_repository_is_a_folder(folder: str, tmp_path: Path) -> None:
    read = load(SHIPPED.replace('folder = "backend-flask"', f'folder = "{folder}"'), tmp_path)
    assert read.services[0].delivered.folder == folder


def test_no_services_at_all_are_nothing(tmp_path: Path) -> None:
    text = SHIPPED[: SHIPPED.index("\n[[services]]\n")]
    assert any(
        "services: found nothing; allowed: tables written as [[services]]" in one for one in refused(text, tmp_path)
    )


def test_toml_that_does_not_parse_names_line_and_column(tmp_path: Path) -> None:
    assert "line 1, column" in refused("application = cruddur", tmp_path)[0]


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="can't be read"):
        project.load(tmp_path / "none.toml")


ODD_VALUES = [
    "[]",
    "{}",
    "nan",
    "-1",
    '""',
    "[[1]]",
    "1979-05-27",
    "{a = 1}",
    '["x", "x"]',
    "9" * 30,
    "true",
    "'\\u0000'",
]
KEYS = sorted({line.split(" = ")[0] for line in SHIPPED.splitlines() if " = " in line and not line.startswith("#")})


@settings(max_examples=150, deadline=None)
@given(key=st.sampled_from(KEYS), value=st.sampled_from(ODD_VALUES))
def test_an_odd_value_at_any_key_is_read_or_refused(
    key: str, value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in SHIPPED.splitlines()]
    with contextlib.suppress(CannotRunError):
        load("\n".join(lines), tmp_path_factory.mktemp("settings"))


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("settings") / "any.toml"
    path.write_bytes(content)
    with pytest.raises(CannotRunError):
        project.load(path)
