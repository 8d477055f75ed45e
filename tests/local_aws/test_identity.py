import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import LocalAws


def test_the_deployer_is_an_ordinary_user(local_aws: LocalAws) -> None:
    identity = local_aws.command_json("sts", "get-caller-identity")
    assert identity["Arn"] == "arn:aws:iam::000000000000:user/deployer"


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
