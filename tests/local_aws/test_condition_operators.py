"""Conditions come to the same in the system model, which contracts and proofs read, and in the local AWS's IAM."""

from itertools import product

import pytest
from ministack.core import iam_evaluator

from system_model.answers import of
from system_model.conditions import hold

VALUES: dict[str, tuple[list[str], list[str]]] = {
    "String": (["prod", "Prod", "pro", ""], ["prod", "pr?d", "p*"]),
    "Arn": (["arn:aws:s3:::a/b", "arn:aws:s3:::a"], ["arn:aws:s3:::a/*", "arn:aws:s3:::a", "arn:*:s3:::?"]),
    "Numeric": (["1", "2.0", "10", "many"], ["2", "10.0"]),
    "Date": (["2026-01-01T00:00:00Z", "2026-01-01", "1767225600", "soon"], ["2026-01-01T00:00:00Z", "2027-06-01"]),
    "Bool": (["true", "false", "True"], ["true"]),
    "IpAddress": (["10.0.0.5", "192.168.1.1", "::1", "here"], ["10.0.0.0/8", "10.0.0.5", "::/64"]),
}
ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
OPERATORS = [
    *[("String", f"String{name}") for name in ("Equals", "NotEquals", "Like", "NotLike")],
    *[("String", f"String{name}IgnoreCase") for name in ("Equals", "NotEquals")],
    *[("Arn", f"Arn{name}") for name in ("Equals", "NotEquals", "Like", "NotLike")],
    *[("Numeric", f"Numeric{name}") for name in ORDERS],
    *[("Date", f"Date{name}") for name in ORDERS],
    ("Bool", "Bool"),
    ("String", "BinaryEquals"),
    ("IpAddress", "IpAddress"),
    ("IpAddress", "NotIpAddress"),
    ("String", "Almost"),
]


@pytest.mark.parametrize(("kind", "operator"), OPERATORS)
def test_an_operator_comes_to_the_same(kind: str, operator: str) -> None:
    found, wanted = VALUES[kind]
    several: list[str | list[str] | None] = [None, *found, found[:2], found[1:], []]
    for given, quantifier, suffix in product(several, ("", "ForAllValues:", "ForAnyValue:"), ("", "IfExists")):
        if isinstance(given, list) and not quantifier:
            continue  # a key with several values without a quantifier: AWS says what it is not defined to do
        for values in (wanted[:1], wanted, wanted[1:]):
            name = f"{quantifier}{operator}{suffix}"
            context = {} if given is None else {"aws:key": given}
            theirs = iam_evaluator._evaluate_single_condition(name, given, values)  # noqa: SLF001 - what is compared with
            assert hold({name: {"aws:Key": values}}, context) is of(theirs), (name, given, values)


@pytest.mark.parametrize("given", [None, "x"])
@pytest.mark.parametrize("wanted", ["true", "false"])
def test_null_comes_to_the_same(given: str | None, wanted: str) -> None:
    theirs = iam_evaluator._evaluate_single_condition("Null", given, [wanted])  # noqa: SLF001 - the same
    assert hold({"Null": {"k": [wanted]}}, {} if given is None else {"k": given}) is of(theirs)
