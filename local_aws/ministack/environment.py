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


def prepare(*, port: int, region: str, account_id: str, state_folder: Path) -> None:
    """Make this process's environment MiniStack's configuration; nothing that the user set for AWS remains."""
    for name in list(os.environ):
        if name.startswith(_OWN_SETTINGS):
            del os.environ[name]
    os.environ.update(
        {
            **_FIXED,
            "GATEWAY_PORT": str(port),
            "MINISTACK_ACCOUNT_ID": account_id,
            "MINISTACK_REGION": region,
            "S3_DATA_DIR": str(state_folder / "objects"),
            # Not "services", where an earlier form of our state was: MiniStack puts a key there when it is imported.
            "STATE_DIR": str(state_folder / "ministack"),
        }
    )
