"""The action types and rules that run here, and what each takes; what AWS has beyond them is named and refused.

Source: the action structure reference (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html),
the rule structure reference (.../rule-reference.html) and the quotas (.../limits.html) of the CodePipeline user guide.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.pipelines.planning.plan import TypeId

DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Kind:
    """What an action type or a rule takes: configuration keys, numbers of artifacts (from, to), its time in minutes.

    ``values`` lists the values allowed for a key that has a fixed set of them. ``variables``: the names of its output
    variables; None where they are only known when it has run.
    """

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    inputs: tuple[int, int] = (0, 0)
    outputs: tuple[int, int] = (0, 0)
    timeout_minutes: int = 60
    timeout_configurable: bool = False
    values: Mapping[str, frozenset[str]] | None = None
    variables: frozenset[str] | None = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """Give every configuration key that is known."""
        return self.required | self.optional


BOOLEANS = frozenset({"true", "false"})

SOURCE = Kind(
    required=frozenset({"ConnectionArn", "FullRepositoryId", "BranchName"}),
    optional=frozenset({"OutputArtifactFormat", "DetectChanges"}),
    outputs=(1, 1),
    values={"DetectChanges": BOOLEANS, "OutputArtifactFormat": frozenset({"CODE_ZIP", "CODEBUILD_CLONE_REF"})},
    variables=frozenset(
        {"AuthorDate", "BranchName", "CommitId", "CommitMessage", "ConnectionArn", "FullRepositoryName"}
    ),
)
CODEBUILD = Kind(
    required=frozenset({"ProjectName"}),
    optional=frozenset({"PrimarySource", "EnvironmentVariables", "BatchEnabled", "CombineArtifacts"}),
    inputs=(1, 5),
    outputs=(0, 5),
    timeout_minutes=36 * 60,
    values={"BatchEnabled": BOOLEANS, "CombineArtifacts": BOOLEANS},
    variables=None,
)
ECS = Kind(
    required=frozenset({"ClusterName", "ServiceName"}),
    optional=frozenset({"FileName", "DeploymentTimeout"}),
    inputs=(1, 1),
)
APPROVAL = Kind(
    optional=frozenset({"CustomData", "ExternalEntityLink", "NotificationArn"}),
    timeout_minutes=7 * DAY_MINUTES,
    timeout_configurable=True,
)

ACTIONS: Mapping[TypeId, Kind] = {
    TypeId("Source", "AWS", "CodeStarSourceConnection", "1"): SOURCE,
    TypeId("Build", "AWS", "CodeBuild", "1"): CODEBUILD,
    TypeId("Test", "AWS", "CodeBuild", "1"): CODEBUILD,
    TypeId("Deploy", "AWS", "ECS", "1"): ECS,
    TypeId("Approval", "AWS", "Manual", "1"): APPROVAL,
}

AWS_ONLY_PROVIDERS = frozenset(
    {
        "AlexaSkillsKit",
        "AppConfig",
        "AppRunner",
        "BlazeMeter",
        "CloudFormation",
        "CloudFormationStackInstances",
        "CloudFormationStackSet",
        "CodeBuild",
        "CodeCommit",
        "CodeDeploy",
        "CodeDeployToECS",
        "CodeStarSourceConnection",
        "Commands",
        "DeviceFarm",
        "EC2",
        "ECR",
        "ECRBuildAndPublish",
        "EKS",
        "ECS",
        "ElasticBeanstalk",
        "GhostInspector",
        "GitHub",
        "InspectorScan",
        "Jenkins",
        "Lambda",
        "Manual",
        "MicroFocus",
        "OpsWorks",
        "Runscope",
        "S3",
        "ServiceCatalog",
        "SnykScan",
        "StepFunctions",
    }
)
"""What AWS runs; a type of one of these that is not in ``ACTIONS`` is right in a template and can't be run here."""

RULES: Mapping[str, Kind] = {
    "VariableCheck": Kind(
        required=frozenset({"Variable", "Value", "Operator"}),
        values={"Operator": frozenset({"EQ", "NE", "CONTAINS", "MATCHES"})},
    ),
    "DeploymentWindow": Kind(required=frozenset({"Cron"}), optional=frozenset({"TimeZone"})),
    "CloudWatchAlarm": Kind(required=frozenset({"AlarmName"}), optional=frozenset({"AlarmStates", "WaitTime"})),
}

AWS_ONLY_RULES = frozenset({"LambdaInvoke", "CodeBuild", "Commands"})

SKIPPING_RULES = frozenset({"LambdaInvoke", "VariableCheck", "Commands"})
"""The rules that an entry condition with the result SKIP may have."""
