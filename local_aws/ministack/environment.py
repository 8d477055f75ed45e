"""Sets what MiniStack reads from the process environment while it is imported; call it before any other module here."""

import os
from pathlib import Path

_OWN_SETTINGS = ("AWS_", "MINISTACK_", "LOCALSTACK_", "S3_", "SFTP_", "IOT_", "LAMBDA_", "CODEBUILD_", "DOCKER_NETWORK")


_FIXED = {
    "AUTH": "true",
    "AWS_EC2_METADATA_DISABLED": "true",
    "BIND_HOST": "127.0.0.1",
    "CLOUDTRAIL_RECORDING": "0",
    "IOT_MTLS_ENABLED": "0",
    "LOG_LEVEL": "INFO",
    "MINISTACK_HOST": "localhost",
    "PERSIST_STATE": "1",
    "S3_PERSIST": "1",
    "SFTP_ENABLED": "0",
}


def prepare(
    *, port: int, region: str, account_id: str, state_folder: Path, access_key_id: str, secret_access_key: str
) -> None:
    """Make this process's environment MiniStack's configuration; nothing that the user set for AWS remains.

    ``access_key_id`` is the only key that MiniStack takes for the account's root afterwards, beside ``test`` and keys
    of twelve digits, which the door refuses.
    """
    for name in list(os.environ):
        if name.startswith(_OWN_SETTINGS):
            del os.environ[name]
    os.environ.update(
        {
            "AWS_ACCESS_KEY_ID": access_key_id,
            "AWS_SECRET_ACCESS_KEY": secret_access_key,
            **_FIXED,
            "GATEWAY_PORT": str(port),
            "MINISTACK_ACCOUNT_ID": account_id,
            "MINISTACK_REGION": region,
            "S3_DATA_DIR": str(state_folder / "objects"),
            "STATE_DIR": str(state_folder / "services"),
        }
    )
