from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault

MOVING = {"latest", "main", "master", "dev", "develop", "staging", "stable", "prod", "production"}


class InspectedTag(ActionRule):
    """A scan of whatever a tag that moves is on."""

    id = "W9161"
    shortdesc = "The image that is scanned is the one of this execution"
    description = (
        "InspectorScan takes an image by its tag. One that moves may be on another image by then, so that what was "
        "scanned is not what is deployed. A variable of the build names the tag of this execution: "
        "#{Build.IMAGE_TAG}."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-InspectorScan.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        tag = action.configuration["ImageTag"]
        if action.provider == "InspectorScan" and tag.text in MOVING:
            yield fault(tag, f"The tag {tag.text} moves. Name the image of this execution by a variable.")
