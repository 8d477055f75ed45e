"""What AWS does in the name of a role, from `facts/needs.json`: an occasion gives its needs."""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.needs import Need
from contracts.roles import ANY
from contracts.system import Resource

OWN_BUCKET = {"aws:ResourceAccount": "${AWS::AccountId}", "aws:SecureTransport": "true"}
TAGGED_AT_REGISTRATION = {"ecs:CreateAction": "RegisterTaskDefinition"}
_CONTEXTS: Mapping[str, Mapping[str, str]] = {
    "bucket": OWN_BUCKET,
    "object": OWN_BUCKET,
    "role": {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
}


def through(service: str) -> Mapping[str, str]:
    """Give the context of a key that is used by a service for the role."""
    return {"kms:ViaService": f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}"}


def needs(
    occasion: str, who: Resource, places: Mapping[str, str], context: Mapping[str, str] | None = None, about: str = ""
) -> Iterator[Need]:
    """Give the needs of an occasion; what ``places`` does not name (a store without a key, say) needs nothing.

    ``about`` goes before the reason: the action, the file or the variable that it is needed for.
    """
    for actions, place, why, source in _facts()[occasion]:
        resource = ANY if place == "any" else places.get(place)
        if resource is None:
            continue
        for action in actions:
            known = {**_CONTEXTS.get(place, {}), **(context or {} if place in {"key", "role"} else {})}
            if action == "ecs:TagResource":
                known |= TAGGED_AT_REGISTRATION
            yield Need(who, action, resource, f"{about}{why}", source, known)


@functools.cache
def _facts() -> Any:  # noqa: ANN401 - the file's "about" tells its shape
    return json.loads((Path(__file__).parent / "facts" / "needs.json").read_text("utf-8"))
