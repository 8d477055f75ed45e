"""Proxies and certificate authorities: what is wrong, and which variable says so; the local AWS is asked directly."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from delivery.aws import console_links, network
from settings.environment import load
from tests.bad_endpoints import KINDS, BadEndpoint, bad_endpoint, http, refusing, self_signed
from tests.delivery.project import OWN_ACCOUNT, Project, topic

COMMANDS = (("deploy",), ("destroy",), ("secret", "list"), ("status",), ("logs",), ("release", "--follow"))
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture
def ready(project: Project) -> Project:
    stack = project.stack("one", {"Topic": topic()})
    names = ("service", "pipeline", "branch", "repository", "cluster", "ecs_service", "container", "health_check_path")
    project.manifest["pipelines"] = [{**dict.fromkeys(names, "web"), "stack": stack, "url": None, "desired_count": 1}]
    return project


@pytest.fixture
def real_aws(ready: Project) -> Project:
    """Give a project whose environment is AWS itself, which is never reached from here: something stands in between."""
    ready.settings.update(endpoint_url=None, credentials_file=None, profile=None, account_id=OWN_ACCOUNT)
    return ready


@pytest.fixture
def proxy() -> Iterator[BadEndpoint]:
    """Return a proxy that answers everything with a page to log in on."""
    with bad_endpoint(KINDS["html"]) as endpoint:
        yield endpoint


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
def test_the_local_aws_is_asked_through_no_proxy(
    ready: Project, proxy: BadEndpoint, words: tuple[str, ...], name: str
) -> None:
    result = ready.run(*words, **{name: proxy.address})

    assert proxy.requests == []
    assert "proxy" not in result.err


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_a_proxy_that_does_not_answer_is_named_with_its_variable(real_aws: Project, name: str) -> None:
    address = refusing()

    result = real_aws.deploy(**KEYS, **{name: address.replace("http://", "http://me:word@")})

    [sentence] = result.err.splitlines()
    assert result.code == 2
    assert (
        f"{name} names that proxy: correct or unset it, or add sts.ca-central-1.amazonaws.com to NO_PROXY" in sentence
    )
    assert address.removeprefix("http://") in sentence
    assert "word" not in sentence


@pytest.mark.parametrize("value", ["nonsense", "http://", "gopher://127.0.0.1:1", "http://127.0.0.1:notaport"])
def test_a_proxy_that_is_no_address_is_named_with_its_variable(real_aws: Project, value: str) -> None:
    real_aws.settings["request_seconds"] = 1

    result = real_aws.deploy(**KEYS, HTTPS_PROXY=value)

    [sentence] = [line for line in result.err.splitlines() if not line.startswith("waiting")]
    assert (result.code, "HTTPS_PROXY" in sentence) == (2, True), sentence


def test_a_proxy_that_answers_itself_is_named_with_its_variable(ready: Project, proxy: BadEndpoint) -> None:
    ready.settings["endpoint_url"] = "http://aws.invalid"

    result = ready.deploy(HTTP_PROXY=proxy.address)

    assert result.code == 2
    assert f"it is asked through the proxy {proxy.address}, which HTTP_PROXY names" in result.err


def test_no_proxy_is_heeded(ready: Project, proxy: BadEndpoint) -> None:
    ready.settings["endpoint_url"] = "http://aws.invalid"

    result = ready.deploy(HTTP_PROXY=proxy.address, NO_PROXY="aws.invalid")

    assert (result.code, proxy.requests, "proxy" in result.err) == (2, [], False)


def test_a_certificate_that_nobody_trusts_says_how_to_trust_it(ready: Project, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with bad_endpoint(KINDS["html"], certificate=certificate) as endpoint:
        ready.settings["endpoint_url"] = endpoint.address.replace("http:", "https:")
        ready.settings["request_seconds"] = 5

        result = ready.deploy()

    assert "self-signed certificate" in result.err
    assert "name its PEM file in AWS_CA_BUNDLE" in result.err


@pytest.mark.parametrize("content", [None, b"", b"not PEM", b"\xff\x00"])
def test_a_bundle_that_can_not_be_used_is_named(ready: Project, tmp_path: Path, content: bytes | None) -> None:
    bundle = tmp_path / "authorities.pem"
    if content is not None:
        bundle.write_bytes(content)
    ready.settings["endpoint_url"] = "https://127.0.0.1:9"

    result = ready.deploy(AWS_CA_BUNDLE=str(bundle))

    [sentence] = result.err.splitlines()
    assert result.code == 2
    assert f"AWS_CA_BUNDLE names {bundle} as the certificate authorities to trust, which can't be used: " in sentence


def test_a_bundle_of_others_is_named_where_it_does_not_do(ready: Project, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "served").mkdir()
    bundle = self_signed(tmp_path / "other")
    with bad_endpoint(lambda it: it.sendall(http(b"")), certificate=self_signed(tmp_path / "served")) as endpoint:
        ready.settings["endpoint_url"] = endpoint.address.replace("http:", "https:")

        result = ready.deploy(AWS_CA_BUNDLE=str(bundle))

    assert f"AWS_CA_BUNDLE names {bundle} as the certificate authorities to trust: see whether" in result.err


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://127.3.2.1", True),
        ("http://localhost:1", True),
        ("http://aws.localhost:1", True),
        ("http://[::1]:1", True),
        ("http://10.0.0.1", False),
        ("https://localhost.example.com", False),
        (None, False),
    ],
)
def test_addresses_of_this_machine(address: str | None, *, here: bool) -> None:
    assert network.is_on_this_machine(address) is here


def test_printed_commands_ask_the_local_aws_directly(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = load(project.write())
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert console_links.command_line(environment, "s3 ls").startswith("NO_PROXY=127.0.0.1,localhost ")
