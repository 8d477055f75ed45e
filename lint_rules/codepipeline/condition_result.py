from collections.abc import Iterator

from aws_facts.codepipeline import condition_results
from lint_rules.codepipeline.structure import Pipeline, PipelineRule, is_plain
from lint_rules.model.rule import Fault, fault


class ConditionResult(PipelineRule):
    """Results that a kind of condition does not take."""

    id = "E9127"
    shortdesc = "A condition must have a result that its kind takes"
    description = (
        "When an entry condition is not met the stage can fail or be skipped, when one on success is not met it "
        "can fail or be rolled back. CreatePipeline refuses other results there, and unknown ones."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            for kind, condition in stage.conditions:
                result, allowed = condition["Result"], condition_results(kind[0].lower() + kind[1:])
                if result.text is not None and result.text not in allowed:
                    sentence = f"{result.text} is not a result of a condition in {kind}."
                    yield fault(result, f"{sentence} Allowed: {', '.join(allowed)}.")
                elif result.absent and is_plain(condition):
                    yield fault(condition, f"The condition has no Result. Allowed: {', '.join(allowed)}.")
