"""The pipeline engine: runs what ``AWS::CodePipeline::Pipeline`` describes, behind the CodePipeline API."""

from local_aws.host import Host
from local_aws.service import Extension


def extension(host: Host) -> Extension:
    """Give the operations on executions, and the engine that runs beside them."""
    from local_aws.pipelines.operations import operations  # noqa: PLC0415  tests of the pure parts need no engine
    from local_aws.pipelines.surroundings import Surroundings  # noqa: PLC0415

    engine = Surroundings(host).engine()
    host.pipelines.subscribe(
        lambda name, record: engine.definition_changed(name, None if record is None else record.version)
    )
    return Extension(operations(engine), engine.start, engine.stop)
