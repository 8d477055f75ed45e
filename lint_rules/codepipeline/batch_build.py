from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, actions, is_plain
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

PROJECT = "AWS::CodeBuild::Project"


class BatchBuild(Rule):
    """Batch builds of a project that is not set up for them."""

    id = "E9145"
    shortdesc = "A build action with BatchEnabled needs a project with a BuildBatchConfig"
    description = (
        "CodeBuild refuses to start a batch of a project that has no BuildBatchConfig with a service role, so the "
        "action fails in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-batch.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            batch = action.configuration["BatchEnabled"]
            if action.provider == "CodeBuild" and batch.flag:
                project = template.referred(action.configuration["ProjectName"], PROJECT, name="Name")
                if project is not None and project["BuildBatchConfig"].absent and is_plain(project.properties):
                    yield fault(batch, f"{project.logical_id} has no BuildBatchConfig. Add one with a ServiceRole.")
