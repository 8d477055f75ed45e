from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault

CONNECTED = "CodeStarSourceConnection"


class TriggerSource(PipelineRule):
    """Triggers of something that is no source action with a connection."""

    id = "E9122"
    shortdesc = "A trigger must name a source action of its pipeline that uses a connection"
    description = (
        "CreatePipeline refuses a trigger whose SourceActionName is not the name of an action in the first stage, "
        "or that of one whose provider is not CodeStarSourceConnection."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        sources = {action["Name"].text: action for action in pipeline.actions if action.stage == 0}
        for trigger in pipeline["Triggers"].items if pipeline.whole and None not in sources else ():
            name = trigger["GitConfiguration"]["SourceActionName"]
            source = sources.get(name.text)
            if name.text is not None and source is None:
                known = ", ".join(action.name for action in sources.values())
                yield fault(name, f"There is no source action {name.text}. The first stage has: {known}.")
            elif source is not None and source.provider not in {"", CONNECTED}:
                yield fault(name, f"{name.text} is a {source.provider} action. Triggers need one of {CONNECTED}.")
