"""Every pattern that meets a text of somebody else takes a time that grows with the text's length, and no faster."""

import ast
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from lint_rules.codepipeline.structure import could_be
from local_aws.services.codebuild.artifacts.globs import expression
from local_aws.services.codepipeline.triggers import glob_patterns
from settings.root import PROJECT_ROOT
from system_model.conditions import matches
from tests.patterns import ASKING, sources, tree

pytestmark = pytest.mark.slow

MADE_LATER = {
    ("aws_facts.codepipeline", "re.fullmatch(allowed['pattern'], value, re.DOTALL)"): "patterns of a table of facts",
    ("buildspecs.reading.sections", "re.compile(pattern)"): "only whether a user's pattern is one",
    ("lint_rules.codebuild.webhooks", "re.compile(pattern)"): "only whether a user's pattern is one",
    ("settings.toml_table", "re.compile(value if LINE_LENGTH.fits(value) else '(')"): "only whether it is a pattern",
    (
        "delivery.deploy.parameters",
        "re.fullmatch(pattern, value)",
    ): "CloudFormation asks the same pattern",
    (
        "local_aws.services.codebuild.builds.command_phases",
        "re.search(pattern, text)",
    ): "the build's own pattern, in its own output",
    (
        "local_aws.services.codepipeline.rules.variable_check",
        "re.fullmatch(value, variable)",
    ): "the pipeline's own pattern",
    (
        "local_aws.ministack.cloudformation.requests.allowed_patterns",
        "re.compile(read)",
    ): "only whether a template's pattern is one",
    ("local_aws.platform.request_validation", "re.fullmatch(pattern, value)"): "patterns of AWS's models",
    ("system_model.conditions", "re.compile(first, re.DOTALL)"): "tried below",
    (
        "system_model.conditions",
        "re.compile(first + ''.join((f'(?>.*?{part})' for part in between if part)) + f'.*{last}', re.DOTALL)",
    ): "tried below",
    ("local_aws.services.codebuild.artifacts.globs", "re.compile(first, re.DOTALL)"): "tried below",
    (
        "local_aws.services.codebuild.artifacts.globs",
        "re.compile(text + (f'(?:[^/]+/)*{last}' if last else '.*'), re.DOTALL)",
    ): "tried below",
}
"""Calls with a pattern that is made while the program runs, each with the reason why it may be."""


def slow(*given: str) -> list[str]:
    """Return what is found wrong with patterns: those given, or all of the project."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.patterns", *given],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_no_pattern_takes_long_for_any_text() -> None:
    assert slow() == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\s*EXPOSE\s+(.+)$",
        r"\$\{[^}]*\}",
        r"%[0-9]*[1-9]*x",
        r"-[a-z]*x[a-z]*=",
        r"(?:--|-[DP])(?:[\w-]+[.-])*(?:password|token)=",
        r"name .* not available",
        r"[\w./-]+\.(?:py|sh)",
    ],
)
def test_a_pattern_that_does_is_found(pattern: str) -> None:
    assert len(slow(pattern)) == 1


def test_no_pattern_is_hidden_in_a_function() -> None:
    found = {(module, ast.unparse(call)) for module in sources() for call in _made_later(module)}
    assert found == set(MADE_LATER)


def _made_later(module: str) -> Iterator[ast.Call]:
    """Return the calls of ``re`` that are made while functions run, or that take a pattern as text."""
    top = tree(sources()[module])
    inside = {
        id(node)
        for function in ast.walk(top)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(top):
        if isinstance(node, ast.ImportFrom):
            assert node.module != "re", module
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_module = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            if of_module and (node.func.attr in ASKING or (node.func.attr == "compile" and id(node) in inside)):
                yield node


LONG = "a" * 20_000
WILDCARDS: dict[str, Callable[[], object]] = {
    "IAM": lambda: matches("*a*a*a*a*a*a?a*b", LONG),
    "CodeBuild, in a name": lambda: expression("*a*a*a*a*a*a*a*b").fullmatch(LONG),
    "CodeBuild, across folders": lambda: expression("**/a/**/a/**/a/**/a/**/*a*b").fullmatch("a/" * 10_000),
    "CodePipeline": lambda: glob_patterns.matches("**a*a**a{a,aa,*}*a**b", LONG[:4000]),
    "a name with open parts": lambda: could_be(LONG, "${A}a${B}a${C}a${D}a${E}b"),
}


@pytest.mark.parametrize("kind", WILDCARDS)
def test_wildcards_are_matched_in_one_pass(kind: str) -> None:
    began = time.thread_time()
    assert not WILDCARDS[kind]()
    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("**/*", "a/b/c.txt", True),
        ("**/*", "c.txt", True),
        ("a/**", "a/b/c", True),
        ("a/**", "b/a/c", False),
        ("**/b/*.x", "a/b/c/b/d.x", True),
        ("a/**/b/**/c", "a/b/x/b/y/c", True),
        ("a/**/b/**/c", "a/b/c", True),
        ("a/**/b/**/c", "a/c/b", False),
        ("*a*b", "xaxab", True),
        ("*ab*ab", "xab", False),
        ("a*[0-9]?", "ab-10", True),
        ("**", "any/thing", True),
        (".", "", True),
    ],
)
def test_codebuilds_wildcards_fit_what_they_did(pattern: str, path: str, fits: bool) -> None:  # noqa: FBT001
    assert bool(expression(pattern).fullmatch(path)) is fits


@pytest.mark.parametrize(
    ("text", "pattern", "can"),
    [
        ("a-b-c", "a-${X}-c", True),
        ("a-c", "a-${X}-c", False),
        ("a", "a${X}", True),
        ("aba", "${X}ab${Y}ba", False),
        ("a", "a", True),
        ("b", "a", False),
        ("xaya", "${X}a${Y}a", True),
    ],
)
def test_a_name_with_open_parts_can_turn_out(text: str, pattern: str, can: bool) -> None:  # noqa: FBT001
    assert could_be(text, pattern) is can


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("{a,b}{c,d}", "bc", True),
        ("{a,b}{c,d}", "ab", False),
        ("{*,x/y}.z", "x/y.z", True),
        ("{*,x/y}.z", "x/z.z", False),
        ("a{,b}c", "ac", True),
        ("*{a,b}*", "xxbyy", True),
        ("**/*a", "x/y/za", True),
        ("**b/*a", "a/b/b/ca", True),
    ],
)
def test_codepipelines_groups_and_wildcards(pattern: str, name: str, fits: bool) -> None:  # noqa: FBT001
    assert glob_patterns.matches(pattern, name) is fits
