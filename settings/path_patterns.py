"""Path patterns of a load balancer's rules: which paths one takes, and which other patterns it takes in whole.

``*`` stands for any characters, also none, ``?`` for exactly one; upper and lower case differ.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
"""

_ANY, _ONE = "*", "?"
_UNUSED = "\x00"
"""A character that no pattern holds."""


def takes(pattern: str, path: str) -> bool:
    """Check whether ``path`` matches ``pattern``."""
    place = position = 0
    star, resumed = -1, 0
    while position < len(path):
        if place < len(pattern) and pattern[place] in (_ONE, path[position]):
            place, position = place + 1, position + 1
        elif place < len(pattern) and pattern[place] == _ANY:
            star, resumed = place, position
            place += 1
        elif star >= 0:
            resumed += 1
            place, position = star + 1, resumed
        else:
            return False
    return all(rest == _ANY for rest in pattern[place:])


def covers(pattern: str, other: str) -> bool:
    """Check whether every path that ``other`` takes matches ``pattern`` too.

    Held against the shortest path that ``other`` takes, and one whose open parts are long and made of nothing that
    ``pattern`` names: where it takes these two, it takes what lies between.
    """
    shortest = other.replace(_ANY, "").replace(_ONE, _UNUSED)
    longest = other.replace(_ANY, _UNUSED * (len(pattern) + 1)).replace(_ONE, _UNUSED)
    return takes(pattern, shortest) and takes(pattern, longest)


def literals(pattern: str) -> int:
    """Count the characters that ``pattern`` names; a pattern never names more than one that it covers."""
    return len(pattern) - pattern.count(_ANY) - pattern.count(_ONE)
