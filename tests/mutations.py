"""Templates with something odd in them: values taken away, exchanged, wrapped, or of a kind that is not due there."""

import copy
import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    0.5,
    float("inf"),
    "",
    "a\x00b",
    "${",
    "${a.b.c}",
    "#{a.b}",
    "arn:",
    "arn:aws:s3:::*",
    "*",
    "{",
    "version: 0.2\nphases: [",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {1: 2},
    {"Ref": []},
    {"Ref": "AWS::NoValue"},
    {"Ref": "Nobody"},
    {"Fn::GetAtt": "A"},
    {"Fn::GetAtt": []},
    {"Fn::GetAtt": ["Nobody", 1]},
    {"Fn::Sub": ["${a}"]},
    {"Fn::Sub": ["${a}", {"a": {"Fn::Sub": 1}}]},
    {"Fn::Join": ["", [{"Ref": 1}, None]]},
    {"Fn::Join": 1},
    {"Fn::If": ["Nobody", 1, 2]},
    {"Fn::If": [1]},
    {"Fn::Select": [9, {"Fn::Split": [",", ""]}]},
    {"Fn::ImportValue": {}},
    dt.date(2026, 1, 1),
)


def mutated(template: Any, chance: random.Random) -> Any:
    """Return a copy of a template with one to four odd things in it, as plain mappings and lists."""
    changed = _plain(template)
    for _ in range(chance.choice((1, 1, 2, 4))):
        path = chance.choice(list(_paths(changed)) or [()])
        if path:
            _mutate(_at(changed, path[:-1]), path[-1], changed, chance)
    return changed


def _plain(value: Any) -> Any:
    """Copy what cfn-lint read, without its own mappings and lists."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list) else value


def _mutate(holder: Any, key: str | int, whole: Any, chance: random.Random) -> None:
    match chance.randrange(5):
        case 0:
            del holder[key]
        case 1:
            other = chance.choice(list(_paths(whole)))
            holder[key] = copy.deepcopy(_at(whole, other))
        case 2:
            odd = copy.deepcopy(chance.choice(ODD))
            holder[key] = {"Fn::If": [chance.choice(("Nobody", "Wanted")), holder[key], odd]}
        case 3:
            holder[key] = [holder[key], holder[key]]
        case _:
            holder[key] = copy.deepcopy(chance.choice(ODD))


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*above, key)
        yield from _paths(member, (*above, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value
