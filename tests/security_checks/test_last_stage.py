"""Of what an image is made and as whom it runs, by its Dockerfile."""

import pytest

from security_checks.checks.dockerfile import last_stage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\n", ("", 1)),
        ("FROM a\nUSER 10001:10001\n", ("10001:10001", 2)),
        ("FROM a\nUSER 1\nUSER root\n", ("root", 3)),
        ("FROM a AS b\nUSER 1\nFROM c\n", ("", 3)),
        ("FROM a AS b\nUSER 1\nFROM B\n", ("1", 3)),
        ("FROM a AS b\nUSER 1\nFROM --platform=x b as c\nRUN x\nFROM c\n", ("1", 5)),
        ("ARG WHO=0\nFROM a\nUSER ${WHO}\n", ("0", 3)),
        ("FROM a\nUSER $WHO\n", ("", 2)),
        ("FROM a\nUSER ${WHO:-app}\n", ("app", 2)),
        ("FROM a\n# USER 1\n", ("", 1)),
        ("FROM a\nRUN x \\\n  USER 1\n", ("", 1)),
        ("FROM a\nRUN <<EOF\nUSER 1\nEOF\n", ("", 1)),
        ("FROM a\nRUN <<EOF\nUSER 1\nEOF\nuser 2\n", ("2", 5)),
        ("", ("", 0)),
    ],
)
def test_the_last_stage_decides(text: str, expected: tuple[str, int]) -> None:
    stage = last_stage(text)
    assert (stage.user, stage.line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a:1\n", "a:1"),
        ("FROM a:Old AS b\nFROM --platform=x c:New@sha256:1\nCOPY --from=b /x /y\n", "c:New@sha256:1"),
        ("FROM a:1 AS Base\nFROM base AS middle\nFROM MIDDLE\n", "a:1"),
        ("ARG IMAGE=a:1\nFROM ${IMAGE}\n", "given:2"),
        ("ARG OTHER=a:1\nFROM ${OTHER}\n", "a:1"),
        ("ARG IMAGE\nFROM $IMAGE\n", "given:2"),
        ("", ""),
    ],
)
def test_the_base_image_is_that_of_the_last_stage_and_of_the_builds_arguments(text: str, expected: str) -> None:
    assert last_stage(text, {"IMAGE": "given:2"}).base == expected
