"""The credentials of the role that an action or rule acts with, taken when they are first asked for."""

import threading
from collections.abc import Callable

from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.plan import PipelinePlan

RENEW_BEFORE = 300.0
"""Seconds before their end at which credentials are replaced."""


def role_session(parts: Parts, pipeline: PipelinePlan, role_arn: str, execution_id: str) -> Callable[[], Credentials]:
    """Return a function that gives credentials: of ``role_arn``, assumed through the pipeline's role, or of the latter.

    The session is named after the pipeline. Credentials are kept and renewed before they expire; a refusal is the
    ``ActionError`` that ``assume_role`` raises.
    """
    lock = threading.Lock()
    kept: list[Credentials] = []

    def credentials() -> Credentials:
        with lock:
            if not kept or kept[-1].expires - parts.clock.now() < RENEW_BEFORE:
                kept[:] = [
                    parts.assume_role(
                        role_arn or pipeline.role_arn,
                        through=pipeline.role_arn,
                        pipeline_arn=parts.pipeline_arn(pipeline.name),
                        session_name=pipeline.name,
                        execution_id=execution_id,
                    )
                ]
            return kept[-1]

    return credentials
