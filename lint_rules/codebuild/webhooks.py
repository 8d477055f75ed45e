"""Webhooks that start a build."""

import re
from collections.abc import Iterator, Sequence

from lint_rules.codebuild.project import PIPELINE_SOURCE, ProjectRule, known, source_type
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class WebhookWithoutRepository(ProjectRule):
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


class WebhookFilter(ProjectRule):
    id = "E9222"
    shortdesc = "A group of webhook filters names its events, and its patterns are valid"
    description = (
        "CreateWebhook refuses a filter group without one filter of type EVENT, events that the repository "
        "does not send, and patterns that are not regular expressions; a filter of what the events do not have lets "
        "none of them start a build."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_WebhookFilter.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        events = known("webhooks")["events"].get(source_type(project), known("webhooks")["events"]["GITHUB"])
        for group in project["Triggers"]["FilterGroups"].items:
            kinds = [one["Type"].text for one in group.items]
            if isinstance(group.value, list) and None not in kinds and kinds.count("EVENT") != 1:
                yield fault(
                    group, "A filter group needs one filter of type EVENT, with the events that start a build. Add it."
                )
            for one in group.items:
                yield from _filter(one, events)
            yield from _idle(group)


_INVALID = ("unterminated", "unbalanced", "nothing to repeat", "missing )")


def _filter(one: Node, events: Sequence[str]) -> Iterator[Fault]:
    kind, pattern = one["Type"].text, one["Pattern"]
    if kind is not None and kind not in known("webhooks")["filters"]:
        yield fault(
            one["Type"], f"{kind} is not a type of filter. Use one of {', '.join(known('webhooks')['filters'])}."
        )
    elif kind == "EVENT" and pattern.text is not None:
        for event in (part.strip() for part in pattern.text.split(",")):
            if event not in events:
                yield fault(
                    pattern,
                    f"{event or 'Nothing'} is not an event of this source. Use one or more of {', '.join(events)}.",
                )
    elif pattern.text is not None and (why := _mistake(pattern.text)):
        yield fault(pattern, f"{pattern.text} is not a regular expression: {why}. Correct it.")


def _idle(group: Node) -> Iterator[Fault]:
    """Report filters of what none of the group's events has: such a group starts no build."""
    patterns = [one["Pattern"].text for one in group.items if one["Type"].text == "EVENT"]
    events = {part.strip() for text in patterns for part in (text or "").split(",")}
    for one in group.items:
        has = known("webhooks")["only_with"].get(one["Type"].text, ())
        if has and None not in patterns and events and not events & set(has):
            yield fault(one["Type"], f"{one['Type'].text} is of {', '.join(has)} alone. Add such an event, or drop it.")


def _mistake(pattern: str) -> str:
    # CodeBuild reads Java's expressions, which differ from Python's: only what is wrong in both is told.
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        why = str(error)
        return why if why.startswith(_INVALID) and "\\Q" not in pattern else ""
    return ""
