from collections.abc import Iterator

from lint_rules.codepipeline.references import OF_EXECUTION, OF_PIPELINE
from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class Namespace(PipelineRule):
    """Namespaces that are given twice, or to others."""

    id = "E9115"
    shortdesc = "A namespace must be unique in its pipeline, and not one of CodePipeline's own or an artifact's name"
    description = (
        "The variables of an action are told apart by its namespace, so CreatePipeline refuses a namespace that two "
        "actions have or that is the name of an artifact, and CodePipeline's own: codepipeline and variables."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        holders: dict[str, str] = {}
        artifacts = {name.text for action in pipeline.actions for name in action.outputs if name.text}
        for action in pipeline.actions:
            namespace = action["Namespace"]
            text = namespace.text
            if text in {OF_EXECUTION, OF_PIPELINE}:
                yield fault(namespace, f"{text} is a namespace of CodePipeline's own. Choose another.")
            elif text in holders:
                yield fault(namespace, f"{holders[text]} has the namespace {text} too. Give each action its own.")
            elif text in artifacts:
                yield fault(namespace, f"{text} is the name of an artifact too. Choose another.")
            elif text:
                holders[text] = action.name
