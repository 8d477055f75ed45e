"""What a plan says of a changed value leads a reader to the change itself."""

import json

import pytest

from delivery.deploy.property_diff import Difference, between


@pytest.mark.parametrize(
    ("before", "after", "differences"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [Difference("a.b[1]", 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [Difference("a", [1], [1, 2])]),
        ({"a": 1}, {}, [Difference("a", 1, None)]),
        ({"a": {"Ref": "B"}}, {"a": {"Ref": "C"}}, [Difference("a", {"Ref": "B"}, {"Ref": "C"})]),
        ({"t": '{"n": [1, 2]}'}, {"t": '{"n": [1, 9]}'}, [Difference("t.n[1]", 2, 9)]),
        ({"t": '{"n": 1}'}, {"t": '{"n":1}'}, [Difference("t", '{"n": 1}', '{"n":1}')]),
        ({"t": "{x"}, {"t": "{y"}, [Difference("t", "{x", "{y")]),
    ],
)
def test_the_deepest_place_is_named(before: object, after: object, differences: list[Difference]) -> None:
    assert list(between(before, after)) == differences


def test_a_lifecycle_policy_in_a_text_is_looked_into() -> None:
    def policy(kept: int) -> dict[str, str]:
        return {"Text": json.dumps({"rules": [{"selection": {"countNumber": kept}}]})}

    assert list(between(policy(30), policy(31))) == [Difference("Text.rules[0].selection.countNumber", 30, 31)]
