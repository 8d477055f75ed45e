"""A pipeline runs once when it is created.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-about-starting.html
"""

import logging

from local_aws.platform.service import ServiceError
from local_aws.services.codepipeline.api.start import Start, start
from local_aws.services.codepipeline.definitions.store import PipelineRecord
from local_aws.services.codepipeline.engine.engine import Engine

BY_CREATION = "CreatePipeline"

_LOGGER = logging.getLogger(__name__)


def start_first_execution(engine: Engine, record: PipelineRecord | None) -> None:
    """Start it for a pipeline that is new; one that was started already, and a deletion, start nothing."""
    if record is None or record.version != 1:
        return
    token = f"{BY_CREATION} {record.created!r}"
    try:
        start(engine, record, Start(BY_CREATION, "", token=token))
    except ServiceError as error:
        _LOGGER.warning("Pipeline %s did not run when it was created: %s", record.name, error.message)
