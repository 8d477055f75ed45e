from collections.abc import Iterator

from lint_rules.codebuild.project import PIPELINE_SOURCE, ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class ArtifactsOfPipeline(ProjectRule):
    """Source and artifacts of which one alone is a pipeline's."""

    id = "E9201"
    shortdesc = "Source and artifacts are both CODEPIPELINE, or neither is"
    description = (
        "CreateProject refuses a project whose source comes from a pipeline while its artifacts go elsewhere, "
        "and one whose artifacts go to a pipeline while its source comes from elsewhere."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        source, artifacts = project["Source"]["Type"], project["Artifacts"]["Type"]
        given, taken = (source.text or "").upper(), (artifacts.text or "").upper()
        if not given or not taken:
            return
        if given == PIPELINE_SOURCE != taken:
            yield fault(artifacts, f"The source is CODEPIPELINE, the artifacts are {taken}. Make both CODEPIPELINE.")
        if taken == PIPELINE_SOURCE != given:
            yield fault(source, f"The artifacts are CODEPIPELINE, the source is {given}. Make both CODEPIPELINE.")
