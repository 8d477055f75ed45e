"""The action providers of CodePipeline: artifact counts, and the configuration keys that each takes.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Provider:
    """What an action of one provider may declare; counts are (fewest, most)."""

    inputs: tuple[int, int]
    outputs: tuple[int, int]
    required: frozenset[str] = field(default_factory=frozenset)
    optional: frozenset[str] = field(default_factory=frozenset)


def _provider(inputs: tuple[int, int], outputs: tuple[int, int], required: str, optional: str) -> Provider:
    return Provider(inputs, outputs, frozenset(required.split()), frozenset(optional.split()))


_CODEBUILD = _provider(
    (1, 5),
    (0, 5),
    "ProjectName",
    "PrimarySource BatchEnabled BuildspecOverride CombineArtifacts EnvironmentVariables",
)

PROVIDERS: dict[tuple[str, str, str], Provider] = {
    ("Source", "AWS", "CodeStarSourceConnection"): _provider(
        (0, 0),
        (1, 1),
        "ConnectionArn FullRepositoryId BranchName",
        "OutputArtifactFormat DetectChanges",
    ),
    ("Source", "AWS", "S3"): _provider(
        (0, 0), (1, 1), "S3Bucket S3ObjectKey", "PollForSourceChanges AllowOverrideForS3ObjectKey"
    ),
    ("Source", "AWS", "ECR"): _provider((0, 0), (1, 1), "RepositoryName", "ImageTag"),
    ("Source", "AWS", "CodeCommit"): _provider(
        (0, 0), (1, 1), "RepositoryName BranchName", "PollForSourceChanges OutputArtifactFormat"
    ),
    ("Build", "AWS", "CodeBuild"): _CODEBUILD,
    ("Test", "AWS", "CodeBuild"): _CODEBUILD,
    ("Build", "AWS", "ECRBuildAndPublish"): _provider(
        (1, 1), (0, 1), "ECRRepositoryName", "DockerFilePath ImageTags RegistryType"
    ),
    ("Build", "AWS", "Commands"): _provider((1, 10), (0, 1), "", ""),
    ("Compute", "AWS", "Commands"): _provider((1, 10), (0, 1), "", ""),
    ("Approval", "AWS", "Manual"): _provider((0, 0), (0, 0), "", "CustomData ExternalEntityLink NotificationArn"),
    ("Deploy", "AWS", "ECS"): _provider((1, 1), (0, 0), "ClusterName ServiceName", "FileName DeploymentTimeout"),
    ("Deploy", "AWS", "CodeDeployToECS"): _provider(
        (1, 5),
        (0, 0),
        "ApplicationName DeploymentGroupName TaskDefinitionTemplateArtifact AppSpecTemplateArtifact",
        "AppSpecTemplatePath TaskDefinitionTemplatePath "
        + " ".join(f"Image{number}{part}" for number in range(1, 5) for part in ("ArtifactName", "ContainerName")),
    ),
    ("Deploy", "AWS", "CodeDeploy"): _provider((1, 1), (0, 0), "ApplicationName DeploymentGroupName", ""),
    ("Deploy", "AWS", "S3"): _provider(
        (1, 1), (0, 0), "BucketName Extract", "ObjectKey KMSEncryptionKeyARN CannedACL CacheControl"
    ),
    ("Deploy", "AWS", "CloudFormation"): _provider(
        (0, 10),
        (0, 1),
        "ActionMode StackName",
        "Capabilities ChangeSetName OutputFileName ParameterOverrides RoleArn TemplateConfiguration TemplatePath",
    ),
    ("Invoke", "AWS", "Lambda"): _provider((0, 5), (0, 5), "FunctionName", "UserParameters"),
    ("Invoke", "AWS", "CodePipeline"): _provider((0, 0), (0, 0), "PipelineName", "SourceRevisions Variables"),
    ("Invoke", "AWS", "InspectorScan"): _provider(
        (0, 1),
        (0, 1),
        "InspectorRunMode",
        "ECRRepositoryName ECRImageTag CriticalThreshold HighThreshold MediumThreshold LowThreshold",
    ),
}
"""By category, owner and provider."""

RULES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "CloudWatchAlarm": (frozenset({"AlarmName"}), frozenset({"AlarmStates", "WaitTime"})),
    "CodeBuild": (frozenset({"ProjectName"}), frozenset({"EnvironmentVariables", "PrimarySource"})),
    "Commands": (frozenset(), frozenset()),
    "DeploymentWindow": (frozenset({"Cron"}), frozenset({"TimeZone"})),
    "LambdaInvoke": (frozenset({"FunctionName"}), frozenset({"UserParameters"})),
    "VariableCheck": (frozenset({"Variable", "Value", "Operator"}), frozenset()),
}
"""By provider: the configuration keys that a rule must have and those that it may have.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html
"""
