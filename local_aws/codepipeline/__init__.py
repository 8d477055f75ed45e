"""CodePipeline's definitions: what a pipeline is, kept whole; running it is the room ``local_aws/pipelines``."""
