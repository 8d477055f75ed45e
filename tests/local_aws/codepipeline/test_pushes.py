"""Which push starts a pipeline, and the glob patterns that decide it."""

from typing import Any

import pytest

from local_aws.services.codepipeline.triggers.glob_patterns import GlobError, compiled, matches
from local_aws.services.codepipeline.triggers.push_filter import Push, judge
from tests.local_aws.codepipeline.harness import action, pipeline, stage

BUILD = stage("Build", action("bake"))


@pytest.mark.parametrize(
    ("pattern", "name", "matching"),
    [
        ("*.java", "Main.java", True),
        ("*.java", "src/Main.java", False),
        ("**/*.java", "src/deep/Main.java", True),
        ("backend-flask/**", "backend-flask/app.py", True),
        ("backend-flask/**", "backend-flask/bin/db/create", True),
        ("backend-flask/**", "backend-flask-old/app.py", False),
        ("backend-flask/*", "backend-flask/bin/db", False),
        ("**", "any/thing", True),
        ("*.{java,class}", "Main.class", True),
        ("*.{java,class}", "Main.jar", False),
        ("foo.?", "foo.c", True),
        ("foo.?", "foo.cc", False),
        ("v[0-9].*", "v1.2", True),
        ("v[!0-9].*", "v1.2", False),
        ("v[!0-9].*", "vx.2", True),
        ("[a-]", "-", True),
        ("a,b", "a,b", True),
        (r"\*.txt", "*.txt", True),
        (r"\*.txt", "a.txt", False),
        ("a+b", "a+b", True),
    ],
)
def test_globs(pattern: str, name: str, matching: bool) -> None:  # noqa: FBT001
    assert matches(pattern, name) is matching


@pytest.mark.parametrize("pattern", ["{a", "a}", "{a,{b}}", "[a", "a\\", "[!]"])
def test_a_pattern_that_can_not_be_read_says_so(pattern: str) -> None:
    with pytest.raises(GlobError, match="Pattern "):
        compiled(pattern)


def structure(*filters: Any, **configuration: str) -> Any:
    declared = pipeline(BUILD)
    source = declared["stages"][0]["actions"][0]
    source = {**source, "configuration": {**source["configuration"], **configuration}}
    declared["stages"] = [{"name": "Source", "actions": [source]}, BUILD]
    if filters:
        git = {"sourceActionName": "Source", "push": list(filters)}
        declared["triggers"] = [{"providerType": "CodeStarSourceConnection", "gitConfiguration": git}]
    return declared


def push(branch: str = "prod", *paths: str, tag: str = "", repository: str = "owner/name") -> Push:
    return Push(repository, "c0ffee", "" if tag else branch, tag, paths)


PROD = {"branches": {"includes": ["prod"]}, "filePaths": {"includes": ["backend-flask/**"], "excludes": ["**/*.md"]}}
FEATURES = {"branches": {"includes": ["feature/**"], "excludes": ["feature/old*"]}}
TAGS = {"tags": {"includes": ["v*"], "excludes": ["v0*"]}}


@pytest.mark.parametrize(
    ("declared", "event", "starts"),
    [
        (structure(), push(), True),
        (structure(), push("main"), False),
        (structure(), push(tag="v1"), False),
        (structure(), push(repository="else/where"), False),
        (structure(DetectChanges="false"), push(), False),
        (structure(PROD), push("prod", "backend-flask/app.py"), True),
        (structure(PROD), push("prod", "README.md"), False),
        (structure(PROD), push("prod", "backend-flask/README.md"), False),
        (structure(PROD), push("prod", "backend-flask/README.md", "backend-flask/app.py"), True),
        (structure(PROD), push("prod"), False),
        (structure(PROD), push("main", "backend-flask/app.py"), False),
        (structure(PROD, DetectChanges="false"), push("prod", "backend-flask/app.py"), True),
        (structure(FEATURES), push("feature/new", "x"), True),
        (structure(FEATURES), push("feature/old1", "x"), False),
        (structure(PROD, FEATURES), push("feature/new", "x"), True),
        (structure(TAGS), push(tag="v1.0"), True),
        (structure(TAGS), push(tag="v0.9"), False),
        (structure(TAGS), push("prod", "x"), False),
        (structure(PROD), push(tag="prod"), False),
        (structure({"branches": {"excludes": ["main"]}}), push("prod"), True),
        (structure({"branches": {"excludes": ["main"]}}), push("main"), False),
    ],
)
def test_which_push_starts_the_pipeline(declared: Any, event: Push, starts: bool) -> None:  # noqa: FBT001
    verdict = judge(declared, event)
    assert verdict.source == ("Source" if starts else "")
    assert starts or verdict.reasons


@pytest.mark.parametrize(
    ("declared", "event", "reason"),
    [
        (structure(), push("main"), "it waits for branch prod"),
        (structure(), push(tag="v1"), "it waits for branch prod"),
        (structure(), push(repository="else/where"), "it has no source in else/where"),
        (structure(DetectChanges="false"), push(), "DetectChanges of its source action is false"),
        (
            structure(PROD),
            push("prod", "README.md", "a.py"),
            "none of the 2 changed paths is in its filter: backend-flask/** except **/*.md",
        ),
        (structure(PROD), push("main", "x"), "branch main is not in its filter: prod"),
        (
            structure({"branches": {"excludes": ["main"]}}),
            push("main"),
            "branch main is not in its filter: any except main",
        ),
        (structure(PROD), push(tag="prod"), "its filter is for branches"),
        (structure(TAGS), push("prod", "x"), "its filter is for tags"),
        (structure(TAGS), push(tag="v0.9"), "tag v0.9 is not in its filter: v* except v0*"),
    ],
)
def test_why_a_push_starts_nothing(declared: Any, event: Push, reason: str) -> None:
    assert list(judge(declared, event).reasons) == [reason]
