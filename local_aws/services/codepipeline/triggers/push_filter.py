"""Which pipelines a push starts, or why not: pure.

With triggers, their filters decide (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html);
without, a push to the source action's own branch does, unless DetectChanges is "false".
"""

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Verdict:
    """The source action by which a push starts a pipeline; where it is empty, ``reasons`` say why it does not."""

    source: str = ""
    reasons: Sequence[str] = ()


def judge(structure: Mapping[str, Any], push: Push) -> Verdict:
    """Return whether ``push`` starts the pipeline of this structure."""
    sources: dict[str, Mapping[str, str]] = {
        action["name"]: action.get("configuration", {})
        for action in structure["stages"][0]["actions"]
        if action["actionTypeId"]["provider"] == CONNECTION
        and action.get("configuration", {}).get("FullRepositoryId") == push.repository
    }
    triggers = {
        each["gitConfiguration"]["sourceActionName"]: each["gitConfiguration"] for each in structure.get("triggers", [])
    }
    reasons = [] if sources else [f"it has no source in {push.repository}"]
    for name, configuration in sources.items():
        if name in triggers:
            found = _against_trigger(triggers[name], push)
        elif triggers:
            found = [f"no trigger names its source action {name}"]
        else:
            found = _undetected(configuration, push)
        if not found:
            return Verdict(name)
        reasons += found
    return Verdict(reasons=reasons)


def _undetected(configuration: Mapping[str, str], push: Push) -> list[str]:
    """Return why a source action does not detect the push; nothing where it does."""
    branch = configuration.get("BranchName", "")
    if configuration.get("DetectChanges", "true") == "false":
        return ["DetectChanges of its source action is false"]
    return [] if push.branch and push.branch == branch else [f"it waits for branch {branch}"]


def _against_trigger(git: Mapping[str, Any], push: Push) -> list[str]:
    """Return why no push filter lets the push through; a trigger without any filter lets every push through."""
    if "push" not in git and "pullRequest" not in git:
        return []
    reasons = [_against(each, push) for each in git.get("push", [])]
    return [] if "" in reasons else reasons or ["its trigger waits for pull requests alone"]


def _against(criteria: Mapping[str, Any], push: Push) -> str:
    """Judge by one filter: every criterion in it must hold, and tags are for tags alone. Empty: it lets through."""
    if push.tag:
        return _unchosen("tag", criteria["tags"], [push.tag]) if "tags" in criteria else "its filter is for branches"
    if "tags" in criteria:
        return "its filter is for tags"
    wrong = _unchosen("branch", criteria.get("branches", {}), [push.branch])
    return wrong or (_unchosen("path", criteria["filePaths"], push.paths) if "filePaths" in criteria else "")


def _unchosen(kind: str, criteria: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    """Return why none of ``names`` is included (all are where no includes are given) and not excluded."""
    includes, excludes = criteria.get("includes"), criteria.get("excludes", ())
    for name in names:
        included = includes is None or any(matches(pattern, name) for pattern in includes)
        if included and not any(matches(pattern, name) for pattern in excludes):
            return ""
    wanted = "any" if includes is None else ", ".join(includes)
    but = f" except {', '.join(excludes)}" if excludes else ""
    found = f"none of the {len(names)} changed paths is" if kind == "path" else f"{kind} {names[0]} is not"
    return f"{found} in its filter: {wanted}{but}"
