from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, pipelines
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

WEBHOOK, CONNECTED = "AWS::CodePipeline::Webhook", "CodeStarSourceConnection"


class WebhookTarget(Rule):
    """Webhooks of an action that is not a source action of the pipeline."""

    id = "E9147"
    shortdesc = "A webhook must name a source action of its pipeline"
    description = (
        "PutWebhook refuses a target action that the pipeline does not have, and a webhook that starts a source "
        "action with a connection does nothing: the connection detects changes itself."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_WebhookDefinition.html"
    types = (WEBHOOK, PIPELINE)

    def faults(self, template: View) -> Iterator[Fault]:
        for webhook in template.resources(WEBHOOK):
            target, name = webhook["TargetPipeline"], webhook["TargetAction"]
            for pipeline in pipelines(template):
                named = {pipeline.resource.logical_id, pipeline["Name"].text}
                if pipeline.whole and {target.target, target.text} & named - {None}:
                    sources = {action["Name"].text: action for action in pipeline.actions if action.stage == 0}
                    source = sources.get(name.text)
                    if source is None and name.text is not None and None not in sources:
                        yield fault(
                            name, f"There is no source action {name.text}. There are: {', '.join(map(str, sources))}."
                        )
                    elif source is not None and source.provider == CONNECTED:
                        yield fault(
                            name, f"{name.text} uses a connection, which detects changes itself. Take the webhook out."
                        )
