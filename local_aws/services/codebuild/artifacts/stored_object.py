"""Names an object in S3."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StoredObject:
    """An object; ``version_id`` empty is its newest version."""

    bucket: str
    key: str
    version_id: str = ""

    @property
    def arn(self) -> str:
        """The object's ARN."""
        return f"arn:aws:s3:::{self.bucket}/{self.key}"
