"""Which pipelines a push starts: pure.

With triggers, their filters decide (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html);
without, a push to the source action's own branch does, unless DetectChanges is "false".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.services.codepipeline.triggers.glob_patterns import matches

CONNECTION = "CodeStarSourceConnection"


@dataclass(frozen=True)
class Push:
    """A branch (or a tag, then ``branch`` is empty) that now points at ``commit``; ``paths`` are what changed."""

    repository: str
    commit: str
    branch: str = ""
    tag: str = ""
    paths: Sequence[str] = ()


def started_source(structure: Mapping[str, Any], push: Push) -> str | None:
    """Return the source action by which ``push`` starts the pipeline of this structure; None: it does not."""
    sources: dict[str, Mapping[str, str]] = {
        action["name"]: action.get("configuration", {})
        for action in structure["stages"][0]["actions"]
        if action["actionTypeId"]["provider"] == CONNECTION
        and action.get("configuration", {}).get("FullRepositoryId") == push.repository
    }
    triggers = {
        each["gitConfiguration"]["sourceActionName"]: each["gitConfiguration"] for each in structure.get("triggers", [])
    }
    for name, configuration in sources.items():
        if name in triggers:
            if _triggered(triggers[name], push):
                return name
        elif not triggers and _detected(configuration, push):
            return name
    return None


def _detected(configuration: Mapping[str, str], push: Push) -> bool:
    detecting = configuration.get("DetectChanges", "true") != "false"
    return detecting and bool(push.branch) and push.branch == configuration.get("BranchName")


def _triggered(git: Mapping[str, Any], push: Push) -> bool:
    """Return whether a push filter lets the push through; a trigger without any filter lets every push through."""
    if "push" not in git and "pullRequest" not in git:
        return True
    return any(_let_through(each, push) for each in git.get("push", []))


def _let_through(criteria: Mapping[str, Any], push: Push) -> bool:
    """Judge by one filter: every criterion in it must hold, and tags are for tags alone."""
    if push.tag:
        return "tags" in criteria and _chosen(criteria["tags"], [push.tag])
    if "tags" in criteria:
        return False
    return _chosen(criteria.get("branches", {}), [push.branch]) and (
        "filePaths" not in criteria or _chosen(criteria["filePaths"], push.paths)
    )


def _chosen(criteria: Mapping[str, Sequence[str]], names: Iterable[str]) -> bool:
    """Return whether one of ``names`` is included (all are where no includes are given) and not excluded."""
    includes, excludes = criteria.get("includes"), criteria.get("excludes", ())
    return any(
        (includes is None or any(matches(pattern, name) for pattern in includes))
        and not any(matches(pattern, name) for pattern in excludes)
        for name in names
    )
