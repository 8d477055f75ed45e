"""What a plan says of a changed value leads a reader to the change itself."""

import json

import pytest

from delivery.deploy.property_diff import Difference, between
from delivery.model.plan import Action, Operation, PropertyChange, ResourceChange, StackPlan
from delivery.output import plan_table


@pytest.mark.parametrize(
    ("before", "after", "differences"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [Difference("a.b[1]", 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [Difference("a[1]", None, 2)]),
        ({"a": ["x", "y", "z"]}, {"a": ["x", "z"]}, [Difference("a[1]", "y", None)]),
        ({"a": [1, 2]}, {"a": [3, 2, 4]}, [Difference("a[0]", 1, 3), Difference("a[2]", None, 4)]),
        (
            {"S": [{"Name": "Test", "n": 1}, {"Name": "Deploy", "n": 2}]},
            {"S": [{"Name": "Test", "n": 1}, {"Name": "Approve", "n": 3}, {"Name": "Deploy", "n": 9}]},
            [Difference("S[Deploy].n", 2, 9), Difference("S[Approve]", None, {"Name": "Approve", "n": 3})],
        ),
        (
            {"S": [{"Sid": "A"}, {"Sid": "B"}]},
            {"S": [{"Sid": "B"}, {"Sid": "A"}]},
            [Difference("S (order)", "A, B", "B, A")],
        ),
        ({"S": [{"Name": "A"}, {"Name": "A"}]}, {"S": [{"Name": "A"}]}, [Difference("S[1]", {"Name": "A"}, None)]),
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


def test_a_person_sees_each_item_whole() -> None:
    statement = {"Sid": "Push", "Effect": "Allow", "Action": [f"ecr:Action{number}" for number in range(9)]}
    before = {"Policy": {"Statement": [{"Sid": "Read"}, *({"Sid": str(number), "n": 1} for number in range(20))]}}
    after = {
        "Policy": {"Statement": [{"Sid": "Read"}, *({"Sid": str(number), "n": 2} for number in range(20)), statement]}
    }
    places = [
        PropertyChange(one.path, "template", one.before, one.after, replaces=False) for one in between(before, after)
    ]
    change = ResourceChange(Action.CHANGED, "Role", "AWS::IAM::Role", "role", places, loss=None, kept=False)
    plan = StackPlan("shop", "id", Operation.UPDATE, "change", "id", [change], [], [], [])
    text = "\n".join(plan_table.lines(plan))
    assert all(f"Policy.Statement[{number}].n: 1 -> 2" in text for number in range(20))
    assert "      Policy.Statement[Push]:  (template)\n        + {" in text
    assert all(f'"{action}"' in text for action in statement["Action"])
    assert "..." not in text
