"""Findings on triggers (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html)."""

from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.pipelines.glob_patterns import GlobError, compiled
from local_aws.pipelines.planning.fault import Fault
from local_aws.pipelines.planning.plan import PipelinePlan

LONGEST_LIST = 8
MOST_FILTERS = 3


def findings(plan: PipelinePlan, structure: Mapping[str, Any]) -> Iterator[Fault]:
    """Judge the triggers: each names a connection's source action, and each pattern can be read."""
    sources = [action for stage in plan.stages[:1] for action in stage.actions]
    names = {action.name for action in sources if action.type.provider == "CodeStarSourceConnection"}
    seen: set[str] = set()
    for trigger in structure.get("triggers", []):
        git = trigger["gitConfiguration"]
        source = git["sourceActionName"]
        place = f"triggers/{source}"
        if source not in names:
            known = ", ".join(sorted(names)) or "none"
            yield Fault(
                "CP060", place, f"There is no source action {source!r} on a connection.", f"There are: {known}."
            )
        if source in seen:
            yield Fault("CP061", place, f"Two triggers name the source action {source!r}.", "Put the filters into one.")
        seen.add(source)
        for kind in ("push", "pullRequest"):
            yield from _filters(f"{place}/{kind}", git.get(kind, []))


def _filters(place: str, filters: list[Mapping[str, Any]]) -> Iterator[Fault]:
    if len(filters) > MOST_FILTERS:
        yield Fault("CP062", place, f"There are {len(filters)} filters.", f"At most {MOST_FILTERS} are allowed.")
    for index, each in enumerate(filters):
        where = f"{place}/{index}"
        if "tags" in each and ("branches" in each or "filePaths" in each):
            yield Fault("CP063", where, "Tags stand beside branches or file paths.", "Write a filter for each.")
        for criteria in ("tags", "branches", "filePaths"):
            for list_name, patterns in each.get(criteria, {}).items():
                yield from _patterns(f"{where}/{criteria}/{list_name}", patterns)


def _patterns(place: str, patterns: list[str]) -> Iterator[Fault]:
    if not 1 <= len(patterns) <= LONGEST_LIST:
        yield Fault("CP064", place, f"There are {len(patterns)} patterns.", f"Allowed: 1 to {LONGEST_LIST}.")
    for pattern in patterns:
        try:
            compiled(pattern)
        except GlobError as error:
            yield Fault("CP065", place, str(error), "Write it as the user guide's page on glob patterns tells.")
