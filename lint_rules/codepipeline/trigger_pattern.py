from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule, count
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

MOST_FILTERS, MOST_PATTERNS, LONGEST_PATTERN = 3, 8, 255
EVENTS = ("OPEN", "UPDATED", "CLOSED")


class TriggerPattern(PipelineRule):
    """Too many or unknown things in a trigger's filters."""

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
