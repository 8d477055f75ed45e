"""Which licence expressions hold, by the licences that are allowed."""

import pytest

from security_checks.checks.licences import holds


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("mit", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only AND MIT OR ISC", True),
        ("GPL-3.0-only AND (MIT OR ISC)", False),
        ("(MIT AND ISC) or GPL-3.0-only", True),
        ("((MIT))", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("MIT WITH LLVM-exception", False),
        ("Apache-2.0", False),
        ("MIT ISC", False),
        ("(MIT", False),
        ("MIT AND", False),
        (")", False),
        ("", False),
    ],
)
def test_an_expression(expression: str, expected: bool) -> None:  # noqa: FBT001 - pytest's
    assert holds(expression, {"mit", "isc", "apache-2.0 with llvm-exception"}) is expected
