"""Webhooks that start a pipeline."""

from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, is_plain, pipelines
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View

WEBHOOK = "AWS::CodePipeline::Webhook"
MOST_FILTERS = 5
NEEDED = {"GITHUB_HMAC": "SecretToken", "IP": "AllowedIPRange"}


class WebhookAuthentication(ResourceRule):
    id = "E9148"
    shortdesc = "A webhook needs what its authentication checks requests by"
    description = (
        "PutWebhook refuses GITHUB_HMAC without a SecretToken, IP without an AllowedIPRange, either of the two "
        "with UNAUTHENTICATED, and more than five filters."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_WebhookAuthConfiguration.html"
    types = (WEBHOOK,)

    def faults_of(self, webhook: Resource) -> Iterator[Fault]:
        given = webhook["AuthenticationConfiguration"]
        way = webhook["Authentication"].text
        needed = NEEDED.get(way or "")
        if needed and given[needed].absent and (given.absent or is_plain(given)):
            at = given if given.present else webhook.properties
            yield fault(at, f"{way} needs {needed}. Add it to AuthenticationConfiguration.")
        for key in ("SecretToken", "AllowedIPRange"):
            if given[key].present and way in {*NEEDED, "UNAUTHENTICATED"} and key != needed:
                yield fault(given[key], f"{way} takes no {key}. Take it out.")
        for one in webhook["Filters"].items[MOST_FILTERS:]:
            yield fault(one, f"A webhook has at most {MOST_FILTERS} filters. Take some out.")


class WebhookOpen(ResourceRule):
    id = "W9149"
    shortdesc = "A webhook must check requests by a secret that is not in the template"
    description = (
        "Without authentication everyone who learns the address of a webhook can start the pipeline. So can "
        "everyone who can read a secret that is written in the template."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_WebhookDefinition.html"
    types = (WEBHOOK,)

    def faults_of(self, webhook: Resource) -> Iterator[Fault]:
        way, secret = webhook["Authentication"], webhook["AuthenticationConfiguration"]["SecretToken"]
        if way.text == "UNAUTHENTICATED":
            yield fault(way, "Anyone can start the pipeline. Set Authentication to GITHUB_HMAC or IP.")
        if isinstance(secret.value, str) and not secret.value.startswith("{{resolve:"):
            yield fault(
                secret, "The secret is written in the template. Refer to it as {{resolve:secretsmanager:NAME}}."
            )


CONNECTED = "CodeStarSourceConnection"


class WebhookTarget(Rule):
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
