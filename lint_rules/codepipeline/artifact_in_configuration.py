from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule, could_be, count
from lint_rules.model.rule import Fault, fault


class ArtifactInConfiguration(ActionRule):
    """Artifacts named in a configuration that the action does not get."""

    id = "E9111"
    shortdesc = "An artifact that the configuration names must be an input artifact of the action"
    description = (
        "An action sees its own input artifacts only. A primary source, or the artifact of a file, that is not "
        "among them makes the action fail. A template's path is left to cfn-lint (E3703)."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        names = {one.pattern for one in action.inputs}
        if count(action["InputArtifacts"]) is None or None in names:
            return
        for key, value in action.configuration.entries:
            artifact = _artifact(action, key, value.text or "")
            is_only = key in action.kind.get("artifacts", ()) and len(names) == 1  # which it is needs no name
            if artifact and not is_only and not any(could_be(artifact, name) for name in names if name):
                yield fault(
                    value, f"{key} names {artifact}, which is not an input artifact of {action.name}. {_advice(action)}"
                )


def _artifact(action: Action, key: str, text: str) -> str:
    """Return the artifact that a value names; empty if it names none."""
    if "#{" in text:
        return ""
    if key in action.kind.get("artifacts", ()):
        return text
    return text.partition("::")[0] if key in action.kind.get("paths", ()) and "::" in text else ""


def _advice(action: Action) -> str:
    known = ", ".join(one.text for one in action.inputs if one.text)
    return f"Its inputs: {known}." if known else "Add it to InputArtifacts."
