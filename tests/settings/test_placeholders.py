"""What only its owner knows must be in an environment file before anything is deployed to a real account."""

from dataclasses import replace

import pytest

from delivery.cli.options import find_environment
from reporting.errors import CannotRunError
from settings import placeholders
from settings.environment import Environment

OWN = {
    "DomainName": "api.example-shop.ca",
    "HostedZoneId": "Z08765432ABCDEFGHIJKL",
    "CertificateArn": "arn:aws:acm:ca-central-1:480219365571:certificate/1-2",
    "BackendFlaskFrontendUrl": "https://www.testimony.shop/examples",
    "AwsCognitoUserPoolId": "ca-central-1_aBcExampl",
    "NotificationEmail": "",
}
MINE = Environment("prod", "ca-central-1", "480219365571", parameters=OWN, file="mine.toml")


def refusal(environment: Environment) -> str:
    with pytest.raises(CannotRunError) as raised:
        placeholders.refuse(environment)
    (sentence,) = raised.value.sentences
    return sentence


def test_the_environment_as_shipped_is_refused_by_each_name() -> None:
    sentence = refusal(find_environment("prod"))

    assert sentence.startswith("config/environments/prod.toml: found placeholders in [aws] account_id (123456789012), ")
    names = (
        "BackendFlaskFrontendUrl",
        "DomainName",
        "HostedZoneId",
        "AwsCognitoUserPoolId",
        "AwsCognitoUserPoolClientId",
    )
    for name in names:
        assert f"[parameters] {name} (" in sentence
    assert "NotificationEmail" not in sentence


def test_own_values_are_taken_and_so_is_everything_on_this_machine() -> None:
    placeholders.refuse(MINE)
    placeholders.refuse(replace(find_environment("prod"), endpoint_url="http://127.0.0.1:4566"))


def test_an_account_that_nobody_has_is_a_placeholder() -> None:
    assert "[aws] account_id (111111111111)" in refusal(replace(MINE, account_id="111111111111"))


@pytest.mark.parametrize(
    "value",
    [
        "me@example.com",
        "https://shop.test/",
        "api.example.org",
        "<your pool>",
        "your-user-pool",
        "changeme",
        "CHANGE_ME",
        "FIXME",
        "???",
        "api.your-domain.com",
        "ca-central-1_XXXXXXXXX",
        "Z0123456789ABCDEFGHIJ",
        "arn:aws:acm:ca-central-1:000000000000:certificate/1",
        "arn:aws:acm:ca-central-1:123456789012:certificate/1",
    ],
)
def test_a_placeholder_is_known_by_its_form(value: str) -> None:
    assert f"[parameters.shop-site] Name ({value})" in refusal(
        replace(MINE, stack_parameters={"shop-site": {"Name": value}})
    )
