from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault

ADVICE = "Set OutputArtifactFormat to CODE_ZIP, or give it what a build makes."


class FullClone(PipelineRule):
    """Full clones that others than CodeBuild read."""

    id = "E9151"
    shortdesc = "A source action's full clone must be consumed by CodeBuild alone"
    description = (
        "With OutputArtifactFormat CODEBUILD_CLONE_REF the artifact is a reference to the repository, which "
        "CodeBuild follows. Any other action finds no files in it and fails in every execution."
    )
    source_url = (
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html"
    )

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        clones: set[str | None] = set()
        for action in pipeline.actions:
            if action.configuration["OutputArtifactFormat"].text == "CODEBUILD_CLONE_REF":
                clones.update(name.text for name in action.outputs)
            elif action.kind and action.provider != "CodeBuild" and not action.kind.get("managed_compute"):
                for name in action.inputs:
                    if name.text is not None and name.text in clones:
                        yield fault(name, f"{name.text} is a full clone, which {action.provider} can't read. {ADVICE}")
