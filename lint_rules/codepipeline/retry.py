from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class Retry(PipelineRule):
    """Automatic retry that is not set as a stage's only result."""

    id = "E9131"
    shortdesc = "Automatic retry is the Result of OnFailure, alone"
    description = (
        "A stage is retried by itself with the Result RETRY of OnFailure; a RetryConfiguration belongs to that "
        "result alone, and retry is not available together with conditions."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-retry.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            failure = stage.node["OnFailure"]
            retry, result = failure["RetryConfiguration"], failure["Result"]
            if retry.present and (result.absent or result.text not in {None, "RETRY"}):
                yield fault(retry, "A RetryConfiguration is for the Result RETRY. Set Result to RETRY or take it out.")
            for condition in failure["Conditions"].items:
                if "RETRY" in {result.text, condition["Result"].text}:
                    yield fault(
                        condition, "RETRY is not available with conditions. Set it as OnFailure's Result, alone."
                    )
