"""Whatever is written in a buildspec, findings come out, with places that are in the file, and nothing else."""

import os
import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildspecs.lint import findings
from buildspecs.project import ProjectFacts
from tests.buildspecs.corpus import GOOD, cases, changed

TEXTS = sorted({*(path.read_text("utf-8") for path in GOOD.iterdir()), *(changed(case) for case in cases())}, key=len)
MUTATIONS = int(os.environ.get("FUZZ_CASES", "2000"))
SHORTEST = 60
"""How many of the shortest texts are mutated: all rules are seen at work in them, and short ones are quickly read."""

PIECES: tuple[str, ...] = (
    *"\t\0\"'`|>{}[]()<>&;#*!%@\\$~?-:,\n =",
    *("\u00e9", "\ufeff", "\ud800", "\x1b", "\u2028", "\U0001f600", "''", '""', "$(", "${", "$((", "<<EOF", "&&", "||"),
    *("- ", ": ", "? ", "!!binary ", "!Ref ", "&a ", "*a ", "<<: *a", "---\n", "...\n", "|\n", ">-\n", "{}", "[]", "~"),
    *("null", "true", ".nan", "1e999", "9" * 400, "0x1F", "2001-01-01", "0.1", "on-failure: RETRY-99999999999-(", "fi"),
    *("if ", "do ", "done", "case x in ", "esac", "curl x | sh", "docker login ", "printf '%d%s%' ", "echo -e '\\x'"),
    *("while :; do ", "runtime-versions: [", "commands: ", "'\\\\", '"\\U99999999"', "%FOO bar\n", "\r\n", "\x85"),
)


def inserted(text: str, source: random.Random) -> str:
    at = source.randint(0, len(text))
    return text[:at] + source.choice(PIECES) + text[at:]


def cut(text: str, source: random.Random) -> str:
    at = source.randint(0, len(text))
    return text[:at] + text[at + source.choice((1, 2, 7, 40)) :]


def moved(text: str, source: random.Random) -> str:
    lines = text.split("\n")
    lines.insert(source.randrange(len(lines)), lines.pop(source.randrange(len(lines))))
    return "\n".join(lines)


def indented(text: str, source: random.Random) -> str:
    lines = text.split("\n")
    at = source.randrange(len(lines))
    lines[at] = source.choice(("  ", "    ", "\t", "- ")) + lines[at] if source.random() < 0.6 else lines[at].lstrip()
    return "\n".join(lines)


def revalued(text: str, source: random.Random) -> str:
    values = list(re.finditer(r"(?<=[:-] )[^\n]+", text)) or list(re.finditer(r".+", text))
    if not values:
        return text
    value = source.choice(values)
    return text[: value.start()] + source.choice(PIECES) + text[value.end() :]


PUNCTUATION = "{}[]:-&*!|>'\"\n\t #%a0.2"
WAYS: tuple[Callable[[str, random.Random], str], ...] = (inserted, cut, moved, indented, revalued)
FACTS = (
    ProjectFacts(),
    ProjectFacts(image="aws/codebuild/standard:7.0", privileged=False, variables={"A": None}, in_pipeline=True),
    ProjectFacts(image="aws/codebuild/amazonlinux-x86_64-standard:6.0", source={"a/b": "ls"}.get),
)


def judge(text: str | bytes, facts: ProjectFacts) -> None:
    length = len(text.splitlines()) + 1
    for finding in findings(text, "buildspec.yml", facts):
        assert 1 <= finding.line <= length, finding
        assert finding.column >= 1, finding
        assert finding.sentence, finding
        assert finding.remedy, finding


@pytest.mark.parametrize("part", range(5))
def test_mutated_buildspecs_end_in_findings(part: int) -> None:
    source = random.Random(part)  # noqa: S311 - the same mutations in every run, not secrets
    for number in range(MUTATIONS // 5):
        text = source.choice(TEXTS[:SHORTEST])
        for _ in range(source.choice((1, 1, 2, 4))):
            text = source.choice(WAYS)(text, source)
        judge(text, FACTS[number % len(FACTS)])


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60), st.text(alphabet=PUNCTUATION, max_size=80)))
def test_any_text_and_any_bytes_end_in_findings(content: str | bytes) -> None:
    judge(content, ProjectFacts())


@pytest.mark.parametrize(
    "text",
    [
        "[" * 2_000,
        "- " * 2_000,
        "{a: " * 5_000,
        "\n".join(f"{' ' * depth}a:" for depth in range(2_000)),
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)),
        "version: 0.2\nphases: &p\n  build: *p\n",
        "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        " + "$(" * 3_000,
        "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        " + "(" * 20_000,
        "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        " + "if " * 20_000,
        "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        " + '"$(' * 3_000,
        'version: "\\U99999999"\n',
        "version: !!python/object/apply:os.system [ls]\n",
        "? [a, b]\n: c\n",
        "--- 1\n--- 2\n",
    ],
    ids=lambda text: repr(text[:24]),
)
def test_hostile_texts_end_in_findings(text: str) -> None:
    judge(text, ProjectFacts())
