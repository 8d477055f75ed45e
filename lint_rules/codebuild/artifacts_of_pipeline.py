"""E9201."""

from collections.abc import Iterator

from lint_rules.codebuild.project import PIPELINE_SOURCE, PROJECT, projects
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class ArtifactsOfPipeline(Rule):
    """Source and artifacts of which one alone is a pipeline's."""

    id = "E9201"
    shortdesc = "Source and artifacts are both CODEPIPELINE, or neither is"
    description = (
        "CreateProject refuses a project whose source comes from a pipeline while its artifacts go elsewhere, "
        "and one whose artifacts go to a pipeline while its source comes from elsewhere."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for project in projects(template):
            source, artifacts = project["Source"]["Type"], project["Artifacts"]["Type"]
            if source.text is None or artifacts.text is None:
                continue
            if source.text == PIPELINE_SOURCE != artifacts.text:
                yield fault(
                    artifacts,
                    f"The source is CODEPIPELINE, the artifacts are {artifacts.text}. Make both CODEPIPELINE.",
                )
            if artifacts.text == PIPELINE_SOURCE != source.text:
                yield fault(
                    source, f"The artifacts are CODEPIPELINE, the source is {source.text}. Make both CODEPIPELINE."
                )
