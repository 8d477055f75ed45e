"""What schemathesis cannot know of the requests that it makes up."""

from typing import Any
from uuid import uuid4

import schemathesis

from cruddur.api.idempotency import HEADER


@schemathesis.hook
def before_call(context: object, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """A key that is in order is made a new one: that no request has another's key, no schema can say."""
    del context, kwargs
    if case.meta and case.meta.generation.mode.is_positive and HEADER in case.headers:
        case.headers[HEADER] = f'"{uuid4()}"'
