"""What the embedded AWS joins of this room."""

from local_aws.platform.context import PlatformContext
from local_aws.platform.service import Extension


def extension(host: PlatformContext) -> Extension:
    """Return the operations on builds and reports, for the API server to answer with."""
    from local_aws.services.codebuild.builds.assembly import assembled  # noqa: PLC0415 - the API server starts without what a build needs

    return assembled(host)
