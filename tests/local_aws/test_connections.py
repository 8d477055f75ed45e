"""Connections: made PENDING, finished by a command, known under both names of the service."""

import json
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_aws.services.codeconnections.connections import Connections
from local_aws.state.database import Database
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws_fixture import LocalAws, local_aws_in


def _stack(aws: LocalAws, stack: str, name: str, service: str = "CodeConnections") -> str:
    properties = {"ConnectionName": name, "ProviderType": "GitHub", "Tags": [{"Key": "a", "Value": "b"}]}
    template = {
        "Resources": {"C": {"Type": f"AWS::{service}::Connection", "Properties": properties}},
        "Outputs": {"Arn": {"Value": {"Ref": "C"}}, "Status": {"Value": {"Fn::GetAtt": ["C", "ConnectionStatus"]}}},
    }
    found = aws.make_stack(stack, json.dumps(template))
    assert found["Status"] == "PENDING"
    return found["Arn"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path / "repository")], check=True)
    return tmp_path / "repository"


def test_a_connection_is_pending_until_its_handshake(local_aws: LocalAws, repository: Path) -> None:
    arn = _stack(local_aws, "connection-shaken", "shaken")
    client = local_aws.client("codeconnections")
    assert client.get_connection(ConnectionArn=arn)["Connection"]["ConnectionStatus"] == "PENDING"
    done = local_aws.run("handshake", "shaken", "--repository", str(repository), "--json")
    assert done.returncode == 0, done.stderr
    told = {"name": "shaken", "arn": arn, "status": "AVAILABLE", "repository": str(repository), "pushes": []}
    assert json.loads(done.stdout) == [told]
    listed = local_aws.command_json("codeconnections", "list-connections")["Connections"]
    assert {one["ConnectionArn"]: one["ConnectionStatus"] for one in listed}[arn] == "AVAILABLE"


def test_a_handshake_without_a_name_leaves_the_repository_of_a_finished_connection(
    tmp_path: Path, repository: Path
) -> None:
    with local_aws_in(tmp_path / "state") as aws:
        _stack(aws, "connection-kept", "kept")
        assert aws.run("handshake", "kept", "--repository", str(repository)).returncode == 0
        again = aws.run("handshake", "--json")
        _stack(aws, "connection-second", "second")
        assert aws.run("handshake", "second", "--repository", str(repository)).returncode == 0
        finished = aws.run("handshake")

    [kept] = json.loads(again.stdout)
    assert (kept["name"], kept["repository"], kept["status"]) == ("kept", str(repository), "AVAILABLE")
    assert (finished.returncode, finished.stdout) == (0, "Each connection has its repository already: kept, second.\n")


def test_a_repository_takes_its_own_connection_and_no_other_systems(local_aws: LocalAws, repository: Path) -> None:
    for name in ("own", "others", "thirds"):
        _stack(local_aws, f"connection-{name}", f"handshake-{name}")
    guessing = local_aws.run("handshake", "--repository", str(repository))
    properties = {"ConnectionName": "handshake-own", "ProviderType": "GitHub"}
    connection = {"Type": "AWS::CodeConnections::Connection", "Properties": properties}
    (repository / "build").mkdir()
    (repository / "build" / "foundation.json").write_text(json.dumps({"Resources": {"C": connection}}))

    done = local_aws.run("handshake", "--repository", str(repository), "--json")

    assert guessing.returncode == 2
    assert "has none of the connections that wait for a repository: " in guessing.stderr
    assert "handshake-others, handshake-thirds" in guessing.stderr
    assert done.returncode == 0, done.stderr
    assert [one["name"] for one in json.loads(done.stdout)] == ["handshake-own"]
    listed = local_aws.command_json("codeconnections", "list-connections")["Connections"]
    statuses = {one["ConnectionName"]: one["ConnectionStatus"] for one in listed}
    assert [statuses[f"handshake-{name}"] for name in ("own", "others", "thirds")] == [
        "AVAILABLE",
        "PENDING",
        "PENDING",
    ]


@pytest.mark.parametrize("service", ["codeconnections", "codestar-connections"])
def test_both_names_of_the_service_know_a_connection(local_aws: LocalAws, service: str) -> None:
    arn = _stack(local_aws, f"connection-of-{service}", f"c-{service}"[:32], "CodeStarConnections")
    assert arn.startswith("arn:aws:codestar-connections:")
    client = local_aws.client(service)
    assert client.get_connection(ConnectionArn=arn)["Connection"]["ProviderType"] == "GitHub"
    assert {"Key": "a", "Value": "b"} in client.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_a_name_that_is_taken_is_refused_and_stays_whose_it_is(local_aws: LocalAws) -> None:
    arn = _stack(local_aws, "connection-first", "taken")
    client = local_aws.client("codeconnections")
    second = StackDriver(local_aws)
    properties = {"ConnectionName": "taken", "ProviderType": "GitHub"}
    resource = {"Type": "AWS::CodeStarConnections::Connection", "Properties": properties}
    assert second.create({"Resources": {"Second": resource}}) == "ROLLBACK_COMPLETE"
    assert "A connection named 'taken' already exists" in second.reasons()
    found = client.list_connections()["Connections"]
    assert [one["ConnectionArn"] for one in found if one["ConnectionName"] == "taken"] == [arn]


def test_an_unknown_connection_is_not_found(local_aws: LocalAws) -> None:
    arn = "arn:aws:codeconnections:ca-central-1:000000000000:connection/00000000-0000-0000-0000-000000000000"
    with pytest.raises(ClientError) as refused:
        local_aws.client("codeconnections").get_connection(ConnectionArn=arn)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_handshake_with_nothing_or_nobody_is_refused(local_aws: LocalAws, tmp_path: Path, repository: Path) -> None:
    no_repository = local_aws.run("handshake", "--repository", str(tmp_path))
    assert no_repository.returncode == 2
    assert "is not a git repository" in no_repository.stderr
    nobody = local_aws.run("handshake", "nobody", "--repository", str(repository))
    assert nobody.returncode == 2
    assert "There is no connection nobody" in nobody.stderr


def test_the_door_to_our_commands_has_a_lock(local_aws: LocalAws) -> None:
    from local_aws.process.control_client import HANDSHAKE_PATH, ask  # noqa: PLC0415 - the address of the door

    answer = ask(local_aws.port, HANDSHAKE_PATH, method="POST", token="guessed", body={"repository": "/"})
    assert answer is not None
    assert answer.status == 403


def test_a_clone_that_is_copied_with_its_state_releases_itself(tmp_path: Path, repository: Path) -> None:
    state = repository / ".local-aws"
    state.mkdir()
    with closing(Database(state)) as database:
        connections = Connections(database, "000000000000", "ca-central-1", state)
        own = connections.create(service="codeconnections", name="own", provider_type="GitHub", host_arn="", tags={})
        other = connections.create(
            service="codeconnections", name="other", provider_type="GitHub", host_arn="", tags={}
        )
        connections.shake_hands(own.arn, repository)
        connections.shake_hands(other.arn, tmp_path / "elsewhere")
    copied = shutil.copytree(repository, tmp_path / "copied")
    with closing(Database(copied / ".local-aws")) as database:
        connections = Connections(database, "000000000000", "ca-central-1", copied / ".local-aws")
        assert connections.repository_of(own.arn, "ada/shop") == copied
        assert connections.repository_of(other.arn, "ada/shop") == tmp_path / "elsewhere"
