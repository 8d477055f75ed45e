"""Asks AWS with its command line, which every build image has: these commands install nothing.

https://docs.aws.amazon.com/cli/latest/reference/
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from admission import envelope
from admission.image_scan import UNDER_WAY
from reporting.errors import FailedError

SECONDS = 120
SCAN_SECONDS, SCAN_PAUSE = 300, 5
"""How long a scan is waited for; one of basic scanning takes less than a minute."""
SSE = ("--server-side-encryption", "AES256")
ABSENT = ("NoSuchKey", "AccessDenied", "Not Found")
"""Without the right to list a bucket, S3 says of an object that is not there that access is denied."""


class RefusedError(FailedError):
    """AWS refused, in its own words."""


def ask(*words: str) -> Any:  # noqa: ANN401 - what AWS answers
    """Run ``aws`` with these words and return its answer; raises ``RefusedError``."""
    command = ["aws", *words, "--output", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except OSError as error:
        raise FailedError(f"aws: {error.strerror}; these commands need the AWS CLI on the build's PATH.") from error
    except subprocess.TimeoutExpired as error:
        raise FailedError(f"aws {words[0]} {words[1]} had not answered after {SECONDS} s; try it again.") from error
    if done.returncode:
        raise RefusedError(f"aws {words[0]} {words[1]}: {done.stderr.strip()}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def sign(key: str, digest: bytes) -> str:
    """Sign a SHA-256 with an asymmetric key; return the signature in base64."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(digest)
        # From a file, as the two versions of the AWS CLI read bytes on the command line in two ways.
        answer = ask("kms", "sign", *_of_key(key), "--message", f"fileb://{file.name}")
    return str(answer["Signature"])


def is_signed(key: str, digest: bytes, signature: bytes) -> bool:
    """Return whether ``signature`` is that of a SHA-256 by ``key``."""
    with tempfile.NamedTemporaryFile() as message, tempfile.NamedTemporaryFile() as signed:
        Path(message.name).write_bytes(digest)
        Path(signed.name).write_bytes(signature)
        files = ["--message", f"fileb://{message.name}", "--signature", f"fileb://{signed.name}"]
        try:
            return bool(ask("kms", "verify", *_of_key(key), *files)["SignatureValid"])
        except RefusedError as error:
            if "KMSInvalidSignatureException" in str(error):
                return False
            raise


def put_object(bucket: str, key: str, text: str) -> None:
    """Store ``text``, which is no secret: encrypted by S3's own key, it is read without a right to another one."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_text(text, "utf-8")
        ask("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file.name, *SSE)


def get_object(bucket: str, key: str) -> bytes | None:
    """Return what an object holds; None where there is none that may be read."""
    with tempfile.NamedTemporaryFile() as file:
        try:
            ask("s3api", "get-object", "--bucket", bucket, "--key", key, file.name)
        except RefusedError as error:
            if any(word in str(error) for word in ABSENT):
                return None
            raise
        return Path(file.name).read_bytes()


def image_scan(repository: str, digest: str) -> Mapping[str, Any]:
    """Return what ECR's scan of an image came to, or how it stands when it is not waited for any longer.

    AWS's own waiter ends with basic scanning alone: https://docs.aws.amazon.com/cli/latest/reference/ecr/wait/
    """
    latest = time.monotonic() + SCAN_SECONDS
    while True:
        found = _image_scan(repository, digest)
        if found["imageScanStatus"]["status"] not in UNDER_WAY or time.monotonic() > latest:
            return found
        time.sleep(SCAN_PAUSE)


def _image_scan(repository: str, digest: str) -> Mapping[str, Any]:
    image = ("--repository-name", repository, "--image-id", f"imageDigest={digest}")
    try:
        found: Mapping[str, Any] = ask("ecr", "describe-image-scan-findings", *image)
    except RefusedError as error:
        if "ScanNotFoundException" not in str(error):
            raise
        # Right after a push there may be none yet.
        return {"imageScanStatus": {"status": UNDER_WAY[0], "description": "no scan of the image is known of"}}
    return found


def _of_key(key: str) -> list[str]:
    return ["--key-id", key, "--message-type", "DIGEST", "--signing-algorithm", envelope.ALGORITHM]
