"""What AWS does in the name of a role, from ``aws_facts/implied_actions.json``: an occasion gives its needs."""

from collections.abc import Iterator, Mapping

from aws_facts import facts
from contracts.permissions.required import Requirement
from system_model.statements import ANY
from system_model.system import Resource

OWN_BUCKET = {"aws:ResourceAccount": "${AWS::AccountId}", "aws:SecureTransport": "true"}
_CONTEXTS: Mapping[str, Mapping[str, str]] = {"bucket": OWN_BUCKET, "object": OWN_BUCKET}


def needs(occasion: str, who: Resource, places: Mapping[str, str], about: str = "") -> Iterator[Requirement]:
    """Return the needs of an occasion; what ``places`` does not name (a store without a key, say) needs nothing.

    ``about`` goes before the reason: the action, the file or the variable that it is needed for.
    """
    known = facts("implied_actions")
    for row in known["occasions"][occasion]:
        place = row["on"]
        resource = ANY if place == "any" else places.get(place)
        if resource is None:
            continue
        for step in (known["steps"][name] for name in row["steps"]):
            keys = {name: _in_template(value) for name, value in step.get("keys", {}).items()}
            context = {**_CONTEXTS.get(place, {}), **keys}
            for action in [*step.get("calls", ()), *step.get("implied", ())]:
                yield Requirement(
                    who,
                    action,
                    resource,
                    f"{about}{row['why']}",
                    step["source"],
                    context,
                    likely=action in step.get("likely", ()) or bool(row.get("likely")),
                    either=tuple(step.get("either", ())),
                    shows=step.get("shows", ""),
                )


def _in_template(value: str) -> str:
    return value.replace("{region}", "${AWS::Region}").replace("{suffix}", "${AWS::URLSuffix}")
