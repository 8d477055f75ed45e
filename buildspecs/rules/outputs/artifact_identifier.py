import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")


class ArtifactIdentifier(Rule):
    """A secondary artifact whose identifier no project can have."""

    id = "E9770"
    shortdesc = "Identifiers of artifacts have letters, digits, - and _"
    description = (
        "Each key of secondary-artifacts is the identifier of an artifact of the project, or the name of the output "
        "artifact of the pipeline's action; CodeBuild allows letters, digits, - and _ there."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for name in subject.buildspec.secondary_artifacts:
            if not IDENTIFIER.fullmatch(name) and "$" not in name:
                sentence = f"'{name}' can not be the identifier of an artifact."
                yield at(subject, ("artifacts", "secondary-artifacts", name), sentence, "Use letters, digits, - and _.")
