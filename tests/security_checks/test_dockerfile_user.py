"""As whom an image runs, by its Dockerfile."""

import pytest

from security_checks.dockerfile_user import last_user


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
    assert last_user(text) == expected
