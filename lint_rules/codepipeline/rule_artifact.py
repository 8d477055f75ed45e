from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class RuleArtifact(PipelineRule):
    """Artifacts that a condition's rule reads before they are made."""

    id = "E9113"
    shortdesc = "An input artifact of a condition's rule must be made before the condition is looked at"
    description = (
        "A rule of an entry condition can read what earlier stages make; one of a condition on success or failure "
        "also what its own stage makes. CreatePipeline refuses others."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        makers = {name.text: action for action in pipeline.actions for name in action.outputs if name.text}
        for stage in pipeline.stages:
            for kind, rule in stage.rules:
                last = stage.number - 1 if kind == "BeforeEntry" else stage.number
                for item in rule["InputArtifacts"].items:
                    name = item["Name"]
                    maker = makers.get(name.text or "")
                    if maker is not None and maker.stage > last:
                        yield fault(
                            name, f"{name.text} is made by {maker.name}, after this condition. Name an earlier one."
                        )
                    elif maker is None and name.text and pipeline.whole and _all_known(pipeline):
                        yield fault(name, f"No action makes {name.text}. Name an output artifact of an earlier action.")


def _all_known(pipeline: Pipeline) -> bool:
    """Return whether the names of all output artifacts are known."""
    return all(name.text for action in pipeline.actions for name in action.outputs)
