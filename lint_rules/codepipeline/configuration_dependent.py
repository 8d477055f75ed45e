from collections.abc import Iterator, Mapping
from typing import Any

from lint_rules.codepipeline.configuration import is_readable
from lint_rules.codepipeline.structure import Action, ActionRule, count
from lint_rules.model.rule import Fault, fault


class ConfigurationDependent(ActionRule):
    """Configuration keys and artifacts that others make necessary."""

    id = "E9107"
    shortdesc = "A configuration key or input artifact that another key makes necessary must be there"
    description = (
        "Some configuration keys are needed only with others: a change set's name with the modes that use one, an "
        "object key where nothing is extracted, a primary source where there are several. Without them the action "
        "is refused or fails in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if is_readable(action.configuration):
            for need in action.kind.get("needs", ()):
                yield from _unmet(action, need)


def _unmet(action: Action, need: Mapping[str, Any]) -> Iterator[Fault]:
    number = count(action["InputArtifacts"])
    reason = _reason(action, need, number)
    if reason:
        # A key that is written and left out under a condition depends on that condition as the others do.
        lacking = [key for key in need.get("keys", ()) if key not in action.configuration.value]
        for key in lacking:
            yield fault(action.configuration, f"{reason} {action.provider} needs {key}. Add it to the Configuration.")
        fewest = need.get("needs_inputs", 0)
        if number is not None and number < fewest:
            yield fault(action.node, f"{reason} {action.provider} needs an input artifact. Add it to InputArtifacts.")


def _reason(action: Action, need: Mapping[str, Any], number: int | None) -> str:
    """Say why there is the need; empty if there is none, or that is not known."""
    if "unless" in need:
        others = [key for key in need["unless"] if action.configuration[key].present]
        return "" if others else f"Without {' or '.join(need['unless'])}"
    if "inputs" in need:
        return f"With {number} input artifacts" if number is not None and number >= need["inputs"] else ""
    if "inputs_at_most" in need:
        return "With no input artifact" if number is not None and number <= need["inputs_at_most"] else ""
    value = action.configuration[need["key"]]
    if "is" in need:
        return f"With {need['key']} {value.text}" if value.text in need["is"] else ""
    return f"With {need['key']}" if value.present else ""
