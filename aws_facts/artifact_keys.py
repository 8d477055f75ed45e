"""Where CodePipeline puts a pipeline's artifacts in its bucket: ``PIPELINE/ARTIFACT/RANDOM``, both names cut short.

AWS documents that the pipeline's name makes the folder and that names are cut, and not how short; the lengths are those
that keys are seen to have (``cruddur-backend-farg/SourceArti/1R4bSSJ``).
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#troubleshooting-truncated-artifacts
"""

PIPELINE_LENGTH = 20
ARTIFACT_LENGTH = 10


def folder_of_pipeline(pipeline: str) -> str:
    """Return the folder of all of a pipeline's artifacts, without a slash at its end."""
    return pipeline[:PIPELINE_LENGTH]


def folder_of_artifact(pipeline: str, artifact: str) -> str:
    """Return the folder of one artifact of a pipeline, one object an execution."""
    return f"{folder_of_pipeline(pipeline)}/{artifact[:ARTIFACT_LENGTH]}"
