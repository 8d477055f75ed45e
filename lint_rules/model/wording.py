"""What findings say in the same words wherever they come from."""

import re

UNDER_ONE = " under one outcome of the conditions"
"""The end of a sentence about what nobody may ever choose."""
BY_DEFAULT = " with the default of a parameter"
"""The end of a sentence about a value that whoever deploys may give another of."""
_SENTENCE = re.compile(r'(?:[^".]|"[^"]*"|\.(?! ))+\.(?= )')
"""A sentence that another follows; AWS's own words, in quotation marks, are a part of it."""


def sentence_and_remedy(message: str) -> tuple[str, str]:
    """Return what is wrong, and the remedy, which is all after the first sentence; empty where there is none."""
    first = _SENTENCE.match(message)
    end = len(message) if first is None else first.end()
    return message[:end], message[end:].strip()
