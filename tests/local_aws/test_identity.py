import socket

import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import LocalAws


def test_the_deployer_is_an_ordinary_user(local_aws: LocalAws) -> None:
    identity = local_aws.command_json("sts", "get-caller-identity")
    assert identity["Arn"] == "arn:aws:iam::000000000000:user/deployer"


@pytest.mark.parametrize(
    "words",
    [
        ("ssm", "describe-parameters"),
        ("ssm", "get-parameters-by-path", "--path", "/cruddur", "--recursive"),
        ("iam", "list-roles"),
        ("s3api", "list-buckets"),
        ("kms", "list-aliases"),
        ("sns", "list-topics"),
        ("ec2", "describe-vpcs"),
        ("ecr", "describe-repositories"),
        ("logs", "describe-log-groups"),
    ],
)
def test_the_deployer_may_look_at_what_stacks_are_made_of(local_aws: LocalAws, words: tuple[str, ...]) -> None:
    assert isinstance(local_aws.command_json(*words), dict)


def test_the_deployer_puts_the_secrets_of_any_application_and_makes_no_users(local_aws: LocalAws) -> None:
    local_aws.client("ssm").put_parameter(Name="/acme/web/TOKEN", Value="x", Type="SecureString", Overwrite=True)
    with pytest.raises(ClientError, match="not authorized to perform: iam:CreateUser"):
        local_aws.client("iam").create_user(UserName="other")


@pytest.mark.parametrize("key", ["test", "000000000000", "123456789012", "AKIAUNKNOWN0000000AA"])
@pytest.mark.parametrize("service", ["sts", "codepipeline", "s3", "iam"])
def test_no_root_key_opens_the_door(local_aws: LocalAws, key: str, service: str) -> None:
    calls = {
        "sts": lambda client: client.get_caller_identity(),
        "codepipeline": lambda client: client.list_pipelines(),
        "s3": lambda client: client.list_buckets(),
        "iam": lambda client: client.list_users(),
    }
    with pytest.raises(ClientError) as refused:
        calls[service](local_aws.client(service, (key, "test")))
    assert refused.value.response["Error"]["Code"] in {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
    }


def _raw(aws: LocalAws, *headers: str, path: str = "/", body: str = "") -> str:
    lines = [
        "POST " + path + " HTTP/1.1",
        f"Host: 127.0.0.1:{aws.port}",
        "Connection: close",
        f"Content-Length: {len(body)}",
    ]
    with socket.create_connection(("127.0.0.1", aws.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, *headers, "", body]).encode())
        received = b""
        while part := connection.recv(65536):
            received += part
    return received.decode()


SIGNED_BY = "Authorization: AWS4-HMAC-SHA256 Credential={}/20260101/ca-central-1/{}/aws4_request, SignedHeaders=host"
LIST_USERS = "Action=ListUsers&Version=2010-05-08"
FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", ["/", "/bucket/key", "/_ministack/reset", "/_ministack/config", "/_localstack/health"])
def test_an_unsigned_request_gets_nothing(local_aws: LocalAws, path: str) -> None:
    assert _raw(local_aws, path=path).startswith(("HTTP/1.1 403", "HTTP/1.1 404"))


@pytest.mark.parametrize("keys", [("test", "AKIAX"), ("AKIAX", "test"), ("000000000000", "AKIAX")])
def test_a_second_signature_hides_nothing(local_aws: LocalAws, keys: tuple[str, str]) -> None:
    headers = [f"{SIGNED_BY.format(key, 'iam')}, Signature=0" for key in keys]
    answer = _raw(local_aws, *headers, FORM, body=LIST_USERS)
    assert answer.startswith(("HTTP/1.1 400", "HTTP/1.1 403"))
    assert "<Users>" not in answer


def test_a_wrong_signature_of_a_right_key_is_refused(local_aws: LocalAws) -> None:
    with pytest.raises(ClientError) as refused:
        local_aws.client("sts", (local_aws.deployer_key[0], "another secret")).get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"
