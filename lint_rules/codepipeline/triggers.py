"""What starts a pipeline: triggers of connections, polling, events."""

from collections.abc import Iterator, Mapping

from lint_rules.codepipeline.structure import PIPELINE, Pipeline, PipelineRule, count, is_plain, pipelines
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class TriggerCombination(PipelineRule):
    id = "E9124"
    shortdesc = "A trigger's filter must be for tags, for branches, or for branches and file paths"
    description = (
        "CreatePipeline refuses tags together with branches or file paths in one push filter, and file paths "
        "without branches. Two filters of one trigger can have one each."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for trigger in pipeline["Triggers"].items:
            for kind in ("Push", "PullRequest"):
                for one in trigger["GitConfiguration"][kind].items:
                    if one["Tags"].present and (one["Branches"].present or one["FilePaths"].present):
                        yield fault(one, "A filter has Tags with Branches or FilePaths. Give each a filter of its own.")
                    elif one["FilePaths"].present and one["Branches"].absent:
                        yield fault(one, "A filter has FilePaths without Branches. Add Branches, with '**' for all.")


MOST_FILTERS, MOST_PATTERNS, LONGEST_PATTERN = 3, 8, 255
EVENTS = ("OPEN", "UPDATED", "CLOSED")


class TriggerPattern(PipelineRule):
    id = "E9125"
    shortdesc = "A trigger has at most three filters of a kind, each with at most eight patterns and known events"
    description = (
        "CreatePipeline refuses more than 50 triggers, three push or three pull request filters and eight "
        "patterns in a list, empty lists, and any pull request event but OPEN, UPDATED and CLOSED."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitPushFilter.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for trigger in pipeline["Triggers"].items:
            for kind in ("Push", "PullRequest"):
                filters = trigger["GitConfiguration"][kind]
                yield from _miscounted(filters, f"{kind} filters", MOST_FILTERS)
                for one in filters.items:
                    yield from _patterns(one)


def _patterns(one: Node) -> Iterator[Fault]:
    for part in ("Tags", "Branches", "FilePaths"):
        for side in ("Includes", "Excludes"):
            patterns = one[part][side]
            yield from _miscounted(patterns, f"patterns in {part} {side}", MOST_PATTERNS)
            for pattern in patterns.items:
                if len(pattern.text or "") > LONGEST_PATTERN:
                    yield fault(pattern, f"A pattern is longer than {LONGEST_PATTERN} characters. Shorten it.")
    for event in one["Events"].items:
        if event.text is not None and event.text not in EVENTS:
            yield fault(event, f"There is no pull request event {event.text}. Allowed: {', '.join(EVENTS)}.")


def _miscounted(node: Node, what: str, most: int) -> Iterator[Fault]:
    number = count(node)
    if node.present and number is not None and not 1 <= number <= most:
        yield fault(node, f"There are {number} {what}. Allowed: 1 to {most}.")


CONNECTED = "CodeStarSourceConnection"


class TriggerSource(PipelineRule):
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


class TriggerTwice(PipelineRule):
    id = "E9123"
    shortdesc = "A source action must have at most one trigger"
    description = (
        "CreatePipeline takes one trigger configuration a source action. It can hold three push filters and three "
        "pull request filters."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitConfiguration.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        seen = set()
        for trigger in pipeline["Triggers"].items:
            name = trigger["GitConfiguration"]["SourceActionName"]
            if name.text in seen:
                yield fault(name, f"{name.text} has a trigger already. Move the filters of this one to it.")
            seen.add(name.text or object())


PARTS = ("Tags", "Branches", "FilePaths")


class TriggerWithoutFilter(PipelineRule):
    id = "E9126"
    shortdesc = "A trigger must have a GitConfiguration, and its filters something to filter by"
    description = (
        "CreatePipeline refuses a trigger without the name of its source action, and filters or criteria that are "
        "empty."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineTriggerDeclaration.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for trigger in pipeline["Triggers"].items:
            git = trigger["GitConfiguration"]
            if git.absent and is_plain(trigger):
                yield fault(trigger, "A trigger has no GitConfiguration. Add it, with the SourceActionName.")
            for one in git["Push"].items:
                if is_plain(one) and all(one[part].absent for part in PARTS):
                    yield fault(one, "A push filter is empty. Give it Tags, or Branches, or Branches and FilePaths.")
            for one in (*git["Push"].items, *git["PullRequest"].items):
                for part in PARTS:
                    if is_plain(one[part]) and one[part]["Includes"].absent and one[part]["Excludes"].absent:
                        yield fault(one[part], f"{part} is empty. Give it Includes or Excludes.")


WEBHOOK, EVENT_RULE = "AWS::CodePipeline::Webhook", "AWS::Events::Rule"
_PROVIDERS = {"aws.codecommit": "CodeCommit", "aws.s3": "S3"}


class PollingWithEvents(Rule):
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
