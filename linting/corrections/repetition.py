"""One fault that several rules find, or both engines, is told once; what the validator alone refuses is a warning.

On published templates, half of the errors that were none came from the validator alone, and hardly any that was one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from linting.limits import GIVEN_UP
from reporting.findings import Finding, Severity

ANY_OF = ("3017", "3018")
"""The numbers of cfn-lint's rules for a value that none of several schemas takes; it tells why for each of them too."""
NONE_TAKES = "is not valid under any of the given schemas"
"""How other rules of cfn-lint say the same, as those about policies."""
ALIKE = {"F0001": "1001", "F0005": "1001", "F0006": "3001", "F2003": "2001", "F3016": "3035"}
"""The number of cfn-lint's rule for what the validator has under another."""


ENDED = {"3006", "3710"}
"""The numbers of a type that is not there, and of one whose service was shut down."""
UNREADABLE = ("F1101", "E0000")
"""What the validator and cfn-lint say of a text that is no YAML or JSON; each has a line of its own for where."""
OF_ATTRIBUTES = "E3001"
"""cfn-lint's id for the attributes of a resource: of one whose type is not there, nobody knows them."""
_IN_FUNCTION = re.compile(r"/Fn::\w+(?:/\d+)*")
UNKNOWN = re.compile(r"Fn::Sub variable '\$\{([\w:]+)")
"""What the validator says of a name that nothing has; cfn-lint gives it the number of the function around."""
UNEXPECTED, NEEDED = "was unexpected", "is a required property"
"""What cfn-lint says of a property that is none, and of the one that is missing in its place."""
NULL = "None is not of type"
"""What cfn-lint says of a value that is null, beside saying that its key is missing."""
OTHER_TYPE, OTHER_VALUE = "is not of type", "is not one of"
"""What cfn-lint says of one value of another type, such as a condition of Fn::If that is no name."""
ITEMS, FORM, LENGTH = "E1022", "E3031", "E3033"
"""cfn-lint's ids for Fn::Join, told of it and of its items, and for a text's form, which may limit its length too."""
EQUAL = re.compile(r"non-unique|not unique|given twice")
"""What sentences say of an item that is there twice, by whatever rule."""


def told_once(linted: Sequence[Finding], validated: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each fault once. The validator's rules have cfn-lint's numbers, and cfn-lint points more exactly."""
    yield from _without_repetition(linted)
    for one in _without_repetition(validated):
        number = ALIKE.get(one.id, one.id[1:])
        if not any(_is_same(one, number, other) for other in linted):
            yield _unconfirmed(one)


def _unconfirmed(one: Finding) -> Finding:
    if one.severity is not Severity.ERROR:
        return one
    return replace(one, id=f"W{one.id[1:]}", severity=Severity.WARNING)


def _is_same(one: Finding, number: str, other: Finding) -> bool:
    if one.id == other.id == GIVEN_UP or (one.id, other.id) == UNREADABLE:
        return True
    if {number, other.id[1:]} == ENDED:
        return _resource(one) == _resource(other)
    alike = number == other.id[1:] or bool(EQUAL.search(one.sentence) and EQUAL.search(other.sentence))
    unknown = UNKNOWN.match(one.sentence)
    if unknown:
        alike = other.sentence.startswith((f"'{unknown[1]}' is", f"'{unknown[1]}."))
    return alike and (abs(one.line - other.line) <= 1 or _is_within(one.place, other.place))


def _without_repetition(findings: Sequence[Finding]) -> Iterator[Finding]:
    alternatives = {one.place for one in findings if _is_choice(one)}
    equal = [one.place for one in findings if EQUAL.search(one.sentence)]
    gone = [_resource(one) for one in findings if one.id[1:] in ENDED]
    misspelt = {one.place.rpartition("/")[0] for one in findings if UNEXPECTED in one.sentence}
    places = {(one.id, one.place) for one in findings}
    mistyped = {(one.id, one.place) for one in findings if OTHER_TYPE in one.sentence}
    missing = {f"{one.place}/{_quoted(one)}" for one in findings if NEEDED in one.sentence}
    seen = set()
    for one in findings:
        because = one.id[1] in "13" and _is_below(one, alternatives)
        because |= one.id == ITEMS and (ITEMS, one.place.rpartition("/")[0]) in places
        because |= OTHER_VALUE in one.sentence and (one.id, one.place) in mistyped
        because |= one.id == LENGTH and (FORM, one.place) in places
        because |= NULL in one.sentence and one.place in missing
        exact = EQUAL.search(one.sentence) and any(place.startswith(f"{one.place}/") for place in equal)
        because |= one.place in misspelt and NEEDED in one.sentence
        because |= one.id == OF_ATTRIBUTES and _resource(one) in gone
        told = (one.line, one.place, "" if EQUAL.search(one.sentence) else one.sentence)
        if told not in seen and not because and not exact:
            seen.add(told)
            yield one


def _quoted(one: Finding) -> str:
    return one.sentence.partition("'")[2].partition("'")[0]


def _is_choice(one: Finding) -> bool:
    """Check whether ``one`` says that none of several schemas takes a value."""
    return one.id[1:] in ANY_OF or one.sentence.endswith(NONE_TAKES)


def _is_below(one: Finding, alternatives: set[str]) -> bool:
    """Check whether ``one`` says why one of several schemas does not take a value, or a part of it."""
    steps = one.place.split("/")
    whole = len(steps) - _is_choice(one)
    return any("/".join(steps[:length]) in alternatives for length in range(1, whole + 1))


def _is_within(place: str, other: str) -> bool:
    """Check whether one of two places of a resource holds the other; the validator leaves functions out."""
    shorter, longer = sorted((_IN_FUNCTION.sub("", one) for one in (place, other)), key=len)
    return shorter.count("/") > 0 and f"{longer}/".startswith(f"{shorter}/")


def _resource(finding: Finding) -> list[str]:
    return finding.place.split("/")[:2]
