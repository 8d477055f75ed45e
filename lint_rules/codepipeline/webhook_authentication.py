from collections.abc import Iterator

from lint_rules.codepipeline.structure import is_plain
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource

WEBHOOK, MOST_FILTERS = "AWS::CodePipeline::Webhook", 5
NEEDED = {"GITHUB_HMAC": "SecretToken", "IP": "AllowedIPRange"}


class WebhookAuthentication(ResourceRule):
    """Webhooks without what their authentication needs."""

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
