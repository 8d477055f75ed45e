"""The patterns that values of parameters must match are Java's; MiniStack reads them as Python's.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import engine

_HYPHEN_AFTER_CLASS = re.compile(r"(\\[dDsSwW])-")


def read_patterns_of_java() -> None:
    """Refuse a value for a pattern that both languages read alike; where Python can't read it, take the value."""
    check = engine._check_parameter_constraints

    def checked(name: str, about: Mapping[str, Any], kind: str, value: str) -> None:
        pattern = str(about.get("AllowedPattern", ""))
        read = _of_python(pattern)
        kept = {key: one for key, one in about.items() if key != "AllowedPattern"}
        try:
            check(name, {**kept, "AllowedPattern": read} if read else kept, kind, value)
        except ValueError as error:
            raise ValueError(str(error).replace(read, pattern) if read else str(error)) from None

    engine._check_parameter_constraints = checked


def _of_python(pattern: str) -> str:
    read = _HYPHEN_AFTER_CLASS.sub(r"\1\-", pattern)
    try:
        re.compile(read)
    except re.error:
        return ""
    return read
