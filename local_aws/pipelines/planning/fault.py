"""The small form of a finding that the checks give; the pipeline's name and the severity are added in one place."""

from typing import NamedTuple


class Fault(NamedTuple):
    """A fault at ``place`` within the structure, in a sentence, and what to do about it."""

    id: str
    place: str
    sentence: str
    remedy: str
