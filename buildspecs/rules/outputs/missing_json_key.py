import difflib
from collections.abc import Collection, Iterator, Sequence

from aws_facts.outputs import Output
from buildspecs.rules.outputs.jq_filters import ITEM, filter_and_files, keys_read
from buildspecs.rules.outputs.json_read import Json, source_of
from buildspecs.rules.rule import Fault, Rule, of
from buildspecs.rules.subject import Subject

SHOWN = 6
"""Keys that a sentence lists."""


class MissingJsonKey(Rule):
    """jq reads a key that is not there."""

    id = "W9774"
    shortdesc = "jq reads a key that is there"
    description = (
        "For a key that its input does not have, jq prints null and ends with 0: the build goes on with the word null "
        "in place of a value, and fails later, or deploys it."
    )
    source_url = "https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for command, simple in subject.simple_commands("jq"):
            given = filter_and_files(simple)
            keys = keys_read(given[0]) if given else ()
            source = source_of(command, simple, given[1], subject) if given and keys else None
            missing = _missing(source[0], keys) if source else None
            if source and missing:
                key, known = missing
                near = difflib.get_close_matches(key, known, 1)
                listed = ", ".join(sorted(known)[:SHOWN])
                remedy = f"Read {near[0]}." if near else f"Read one of its keys: {listed}."
                yield of(command, simple, f"{source[1]} has no key {key} where jq reads it: it prints null.", remedy)


def _missing(value: Output | Json, keys: Sequence[str]) -> tuple[str, Collection[str]] | None:
    """Return the first key that is not there, and those that are."""
    one: object = value
    for key in keys:
        if key == ITEM:
            items = one.item if isinstance(one, Output) else next(iter(one), None) if isinstance(one, list) else None
            one = items
            continue
        known = one.keys if isinstance(one, Output) else one if isinstance(one, dict) else None
        if not known:
            return None
        if key not in known:
            return key, list(known)
        one = one.member(key) if isinstance(one, Output) else one[key]  # type: ignore[index] # a mapping has keys
    return None
