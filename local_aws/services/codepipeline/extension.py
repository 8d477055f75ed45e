"""What the local AWS runs for CodePipeline: the operations on executions, the engine, the watch for pushes."""

from local_aws.platform.context import PlatformContext
from local_aws.platform.service import Extension
from local_aws.services.codepipeline.adapters import Adapters
from local_aws.services.codepipeline.api import operations
from local_aws.services.codepipeline.definitions.store import PipelineRecord
from local_aws.services.codepipeline.triggers.push_trigger import PushStarts, start_first_execution


def extension(host: PlatformContext) -> tuple[Extension, PushStarts]:
    """Return the operations on executions with what runs beside them (engine, watch), and what pushes start."""
    engine = Adapters(host).engine()
    pushes = PushStarts(host, engine)

    def changed(name: str, record: PipelineRecord | None) -> None:
        engine.definition_changed(name, None if record is None else record.version)
        start_first_execution(engine, record)

    host.pipelines.subscribe(changed)

    def begin() -> None:
        engine.start()
        pushes.watch.start()

    def end() -> None:
        pushes.watch.stop()
        engine.stop()

    return Extension(operations(engine), begin, end), pushes
