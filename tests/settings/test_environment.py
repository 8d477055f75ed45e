"""The environment files: typed, and refused with all their mistakes."""

from pathlib import Path

import pytest

from reporting.errors import CannotRunError
from settings import environment
from settings.root import ENVIRONMENTS, PROJECT_ROOT

LOCAL = (ENVIRONMENTS / "local.toml").read_text("utf-8")


def load(text: str, folder: Path) -> environment.Environment:
    path = folder / "some.toml"
    path.write_text(text, "utf-8")
    return environment.load(path)


def test_the_local_environment_names_the_embedded_aws() -> None:
    local = environment.load(ENVIRONMENTS / "local.toml")
    assert (local.name, local.region, local.account_id) == ("local", "ca-central-1", "000000000000")
    assert local.endpoint_url == "http://127.0.0.1:4566"
    assert local.credentials_file == PROJECT_ROOT / ".local-aws" / "credentials"
    assert local.start_command == ("bin/local-aws", "start")
    assert [command[:2] for command in local.after_deploy_commands] == [
        ("bin/local-aws", "handshake"),
        ("bin/local-aws", "database"),
    ]
    assert local.unattended


def test_the_real_environment_asks_before_it_changes_anything() -> None:
    prod = environment.load(ENVIRONMENTS / "prod.toml")
    assert (prod.endpoint_url, prod.credentials_file, prod.start_command) == (None, None, ())
    assert prod.after_deploy_commands == ()
    assert not prod.unattended


def test_values_for_one_stack_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    read = load(f'{LOCAL}\n[parameters.cruddur-runtime]\nCertificateArn = "x"\n', tmp_path)
    assert read.stack_parameters == {"cruddur-runtime": {"CertificateArn": "x"}}
    assert "BackendFlaskFrontendUrl" in read.parameters


def test_tags_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    read = load(f'{LOCAL}\n[tags]\nowner = "team shop"\n"shop:cost" = "4711"\n', tmp_path)
    assert read.tags == {"owner": "team shop", "shop:cost": "4711"}


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ('application = "other"', ["[tags] application", "neither application nor one of aws:"]),
        ('"aws:cloudformation:x" = "a"', ["[tags] aws:cloudformation:x"]),
        ('owner = "a;b"', ["[tags] owner", "'a;b'"]),
        ("owner = 3", ["[tags] owner", "the number 3"]),
        ('owner = "a"\nOwner = "b"', ["[tags] Owner", "owner beside it", "more than capitals"]),
        ("\n".join(f'k{number} = "v"' for number in range(50)), ["[tags] k49", "50 tags", "at most 49"]),
    ],
)
def test_a_tag_that_aws_does_not_take_is_one_sentence(tag: str, parts: list[str], tmp_path: Path) -> None:
    with pytest.raises(CannotRunError) as caught:
        load(f"{LOCAL}\n[tags]\n{tag}\n", tmp_path)
    assert [all(part in sentence for part in parts) for sentence in caught.value.sentences] == [True]


@pytest.mark.parametrize(
    ("found", "put", "parts"),
    [
        ('account_id = "000000000000"', "account_id = 0", ["[aws] account_id", "the number 0", "12 digits, in quotes"]),
        ('account_id = "000000000000"', "", ["[aws] account_id", "found nothing"]),
        ('region = "ca-central-1"', 'region = "Canada"', ["[aws] region", "'Canada'"]),
        ("endpoint_url", "endpoint", ["[aws] endpoint", "did you mean endpoint_url?"]),
        ('"http://127.0.0.1:4566"', '"127.0.0.1:4566"', ["endpoint_url", "an address such as"]),
        ('"http://127.0.0.1:4566"', '"http://127.0.0.1:65536"', ["endpoint_url", "at most 65535"]),
        ("unattended = true", "unattended = 1", ["unattended", "true or false"]),
        ('["bin/local-aws", "start"]', '"bin/local-aws start"', ["start_command", "a list of words"]),
        ('[["bin/local-aws", "handshake"],', '["x",', ["after_deploy_commands", "a list", "each a list of words"]),
        ('[["bin/local-aws", "handshake"],', "[[],", ["after_deploy_commands", "a list", "each a list of words"]),
        ('AwsCognitoUserPoolId = "', 'AwsCognitoUserPoolId = 3 # "', ["AwsCognitoUserPoolId", "the number 3"]),
        ("[parameters]", "[parametres]", ["parametres", "did you mean parameters?"]),
    ],
)
def test_a_mistake_is_one_sentence(found: str, put: str, parts: list[str], tmp_path: Path) -> None:
    assert found in LOCAL
    with pytest.raises(CannotRunError) as caught:
        load(LOCAL.replace(found, put, 1), tmp_path)
    assert any(all(part in sentence for part in parts) for sentence in caught.value.sentences), caught.value.sentences
