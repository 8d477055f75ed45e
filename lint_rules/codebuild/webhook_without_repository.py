from collections.abc import Iterator

from lint_rules.codebuild.project import PIPELINE_SOURCE, ProjectRule, known, source_type
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class WebhookWithoutRepository(ProjectRule):
    """A webhook for a source that has none."""

    id = "E9203"
    shortdesc = "A webhook needs a source that sends events"
    description = (
        "Only GitHub, GitLab and Bitbucket call CodeBuild. On a pipeline's project CreateWebhook is refused; "
        "the pipeline itself starts its builds."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateWebhook.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        kind, webhook = source_type(project), project["Triggers"]["Webhook"]
        if webhook.flag and kind and kind not in known("webhooks")["events"]:
            yield fault(webhook, f"A source of type {kind} has no webhook. Leave Triggers out. {_instead(kind)}")


def _instead(kind: str) -> str:
    if kind == PIPELINE_SOURCE:
        return "The pipeline starts the builds."
    return "An EventBridge rule can start the builds."
