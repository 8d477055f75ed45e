from collections.abc import Iterator, Mapping

from lint_rules.codepipeline.structure import PIPELINE, Pipeline, pipelines
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

WEBHOOK, EVENT_RULE = "AWS::CodePipeline::Webhook", "AWS::Events::Rule"
_PROVIDERS = {"aws.codecommit": "CodeCommit", "aws.s3": "S3"}


class PollingWithEvents(Rule):
    """Sources that are polled and start the pipeline by events too."""

    id = "W9143"
    shortdesc = "A source action whose changes start the pipeline by an event must not be polled"
    description = (
        "PollForSourceChanges is true unless it is set to false. With an EventBridge rule or a webhook that "
        "starts the same pipeline, each change starts it twice."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/PollForSourceChanges-defaults.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            starters = _starters(template, pipeline)
            for action in pipeline.actions:
                starter = starters.get(action.provider) if action.kind.get("polls") else None
                alone = sum(one.provider == action.provider and one.stage == 0 for one in pipeline.actions) == 1
                polled = action.configuration["PollForSourceChanges"]
                if starter and alone and (polled.absent or polled.flag):
                    at = polled if polled.present else action.configuration
                    yield fault(at, f"{starter} starts the pipeline too. Set PollForSourceChanges to false.")


def _starters(template: View, pipeline: Pipeline) -> Mapping[str, str]:
    """Return the logical ids of what starts the pipeline, by the providers whose changes do so."""
    found = {}
    for rule in template.resources(EVENT_RULE):
        sources = {item.text or "" for item in rule["EventPattern"]["source"].items}
        if any(_is_of(target["Arn"], pipeline) for target in rule["Targets"].items):
            found.update({_PROVIDERS[source]: rule.logical_id for source in sources if source in _PROVIDERS})
    for webhook in template.resources(WEBHOOK):
        if webhook["TargetPipeline"].target == pipeline.resource.logical_id:
            found["GitHub"] = webhook.logical_id
    return found


def _is_of(arn: Node, pipeline: Pipeline) -> bool:
    return f":${{{pipeline.resource.logical_id}}}" in (arn.pattern or "")
