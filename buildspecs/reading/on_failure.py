"""The value of ``phases/*/on-failure``: ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex, RETRY-count-regex."""

import re

from buildspecs.reading.model import Action, OnFailure

DEFAULT_RETRIES = 3
MOST_RETRIES = 100
RETRY = re.compile(r"retry(?:-(?P<count>\d+))?(?:-(?P<pattern>.+))?", re.IGNORECASE | re.DOTALL)


def parse(value: str) -> OnFailure:
    """Read the value; raises ValueError with a sentence when it is none of the documented forms."""
    if value.upper() in (Action.ABORT, Action.CONTINUE):
        return OnFailure(Action(value.upper()))
    match = RETRY.fullmatch(value)
    if match is None:
        allowed = "ABORT,CONTINUE,RETRY,RETRY-count,RETRY-regex,RETRY-count-regex"
        raise ValueError(f"Invalid on-failure value: {value}. Expecting: {allowed}")
    count = DEFAULT_RETRIES if match["count"] is None else int(match["count"][:9])
    if count > MOST_RETRIES:
        raise ValueError(f"Invalid on-failure value: {value}. The count must be between 0 and {MOST_RETRIES}")
    pattern = match["pattern"] or ".*"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"Invalid on-failure value: {value}. The regular expression is wrong: {error}") from error
    return OnFailure(Action.RETRY, count, pattern)
