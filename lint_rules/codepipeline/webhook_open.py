from collections.abc import Iterator

from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource

WEBHOOK = "AWS::CodePipeline::Webhook"


class WebhookOpen(ResourceRule):
    """Webhooks that anyone can call, or whose secret is written in the template."""

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
