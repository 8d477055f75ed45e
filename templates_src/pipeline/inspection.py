"""Makes the action that has Amazon Inspector scan the image after its bake, where the settings ask for it.

It runs on machines of CodePipeline's own, under the pipeline's role, and fails where its thresholds are passed.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-InspectorScan.html
"""

from awacs import inspector_scan
from awacs.aws import Statement
from troposphere import codepipeline, logs

from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.foundation.artifacts import SBOM_ARTIFACT
from templates_src.pipeline.build_actions import BAKE, Source
from templates_src.retention import RETAINED

STAGE = BAKE.stage


def rights(service: Service) -> list[Statement]:
    """Return what the pipeline's role may do for the scan."""
    if not service.delivered.admission.inspected_severities:
        return []
    return [
        # The scan logs in to the registry, which AWS's page of the action does not tell: its own CDK grants it.
        permissions.log_in_to_registry(),
        permissions.pull_image(arns.repository(service.image_repository)),
        # The action takes no resource.
        permissions.allow("ScanPackages", [inspector_scan.ScanSbom], permissions.EVERY_RESOURCE),
        permissions.write_logs(arns.log_streams(_log(service))),
    ]


def log_groups(project: Project, service: Service, source: Source) -> list[logs.LogGroup]:
    """Make the log group of the scan."""
    if not service.delivered.admission.inspected_severities:
        return []
    group = logs.LogGroup(
        "ScanLogGroup",
        LogGroupName=_log(service),
        RetentionInDays=project.builds.log_retention_days,
        KmsKeyId=source.key_arn,
        **RETAINED,
    )
    return [group]


def actions(service: Service) -> list[codepipeline.Actions]:
    """Make the action: no finding of the severities may be there. A commit's tag never moves to another image."""
    severities = service.delivered.admission.inspected_severities
    if not severities:
        return []
    action = codepipeline.Actions(
        Name="Scan",
        ActionTypeId=codepipeline.ActionTypeId(Category="Invoke", Owner="AWS", Provider="InspectorScan", Version="1"),
        Configuration={
            "InspectorRunMode": "ECRImageScan",
            "ECRRepositoryName": service.image_repository,
            "ImageTag": "#{SourceVariables.CommitId}",
            **{f"{severity.capitalize()}Threshold": "0" for severity in severities},
        },
        OutputArtifacts=[codepipeline.OutputArtifacts(Name=SBOM_ARTIFACT)],
        RunOrder=2,
    )
    return [action]


def _log(service: Service) -> str:
    """Return the log group that CodePipeline's machines write to."""
    return f"/aws/codepipeline/{service.delivered.pipeline}"
