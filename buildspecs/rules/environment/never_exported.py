from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject


class NeverExported(Rule):
    """A variable that CodeBuild does not export."""

    id = "W9723"
    shortdesc = "A variable is exported that CodeBuild keeps to itself"
    description = (
        "CodeBuild exports neither secrets nor variables whose names begin with AWS_: later actions of the pipeline "
        "find nothing under that name. A secret that was exported would be shown in the pipeline's variables for all "
        "to read."
    )
    source_url = (
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.exported-variables"
    )

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for index, name in enumerate(subject.buildspec.environment.exported_variables):
            kept = "its name begins with AWS_" if name.startswith("AWS_") else ""
            if name in subject.secrets:
                kept = f"it is a secret, from {subject.secrets[name]}"
            if kept:
                remedy = "Leave it out; let the later action read it itself."
                yield at(subject, ("env", "exported-variables", index), f"{name} is not exported: {kept}.", remedy)
