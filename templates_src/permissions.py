"""What roles may do: one function an intent, each giving one statement whose Sid names it.

The actions come from the services' own guides and the Service Authorization Reference.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Sequence
from typing import Any

from awacs import (
    awslambda,
    cloudwatch,
    codebuild,
    codeconnections,
    codedeploy,
    codepipeline,
    codestar_connections,
    ecr,
    ecs,
    elasticloadbalancing,
    iam,
    kms,
    logs,
    s3,
    secretsmanager,
    signer,
    sns,
    ssm,
)
from awacs.aws import Action, Allow, ArnEquals, Condition, ConditionElement, PolicyDocument, Statement, StringEquals
from troposphere import AWSHelperFn, Ref, Sub
from troposphere.iam import Policy

EVERY_RESOURCE = ["*"]
"""Only for actions that take no resource; each use says so."""


def policy(name: str, statements: Sequence[Statement]) -> Policy:
    """Return the inline policy of a role."""
    return Policy(
        PolicyName=name,
        PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=list(statements)),
    )


def find_artifact_bucket(bucket_arn: AWSHelperFn) -> Statement:
    """Let CodePipeline check the artifact bucket's owner, place and versioning."""
    actions = [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning]
    return _allow("FindArtifactBucket", actions, [bucket_arn], _own_account())


def read_artifacts(artifact_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let artifacts be fetched, at the version that the pipeline names."""
    return _allow("ReadArtifacts", [s3.GetObject, s3.GetObjectVersion], artifact_arns, _own_account())


def store_artifacts(artifacts_arn: AWSHelperFn) -> Statement:
    """Let artifacts be stored; nothing may delete them."""
    return _allow("StoreArtifacts", [s3.PutObject], [artifacts_arn], _own_account())


def decrypt_artifacts(key_arn: AWSHelperFn) -> Statement:
    """Let S3 decrypt artifacts for the role."""
    return _allow("DecryptArtifacts", [kms.Decrypt], [key_arn], _through("s3"))


def encrypt_artifacts(key_arn: AWSHelperFn) -> Statement:
    """Let S3 encrypt artifacts for the role."""
    return _allow("EncryptArtifacts", [kms.GenerateDataKey], [key_arn], _through("s3"))


def find_traffic() -> Statement:
    """Let load balancers be looked up; these actions take no resource."""
    actions = [
        elasticloadbalancing.DescribeListeners,
        elasticloadbalancing.DescribeRules,
        elasticloadbalancing.DescribeTargetGroups,
        elasticloadbalancing.DescribeTargetHealth,
    ]
    return _allow("FindTraffic", actions, EVERY_RESOURCE)


def find_listeners() -> Statement:
    """Let CodeDeploy look load balancers up; these actions take no resource."""
    actions = [
        elasticloadbalancing.DescribeListeners,
        elasticloadbalancing.DescribeRules,
        elasticloadbalancing.DescribeTargetGroups,
    ]
    return _allow("FindListeners", actions, EVERY_RESOURCE)


def replace_tasks(task_sets_arn: AWSHelperFn) -> Statement:
    """Let the tasks of one service be started and ended, a set at a time."""
    return _allow("ReplaceTasks", [ecs.CreateTaskSet, ecs.DeleteTaskSet], [task_sets_arn])


def choose_tasks(service_arn: AWSHelperFn) -> Statement:
    """Let one service be looked up, and new tasks be made its own."""
    return _allow("ChooseTasks", [ecs.DescribeServices, ecs.UpdateServicePrimaryTaskSet], [service_arn])


def watch_alarms() -> Statement:
    """Let alarms be looked up; CodeDeploy asks for them without naming one."""
    return _allow("WatchAlarms", [cloudwatch.DescribeAlarms], EVERY_RESOURCE)


def start_deployments(group_arn: AWSHelperFn) -> Statement:
    """Let the pipeline have CodeDeploy deploy, and see how it goes."""
    return _allow("StartDeployments", [codedeploy.CreateDeployment, codedeploy.GetDeployment], [group_arn])


def register_revisions(application_arn: AWSHelperFn) -> Statement:
    """Let the pipeline tell CodeDeploy what it deploys."""
    actions = [codedeploy.GetApplication, codedeploy.GetApplicationRevision, codedeploy.RegisterApplicationRevision]
    return _allow("RegisterRevisions", actions, [application_arn])


def read_deployment_configurations(configurations_arn: AWSHelperFn) -> Statement:
    """Let the pipeline read in which steps CodeDeploy goes on."""
    return _allow("ReadDeploymentConfigurations", [codedeploy.GetDeploymentConfig], [configurations_arn])


def shift_traffic(rule_arn: AWSHelperFn) -> Statement:
    """Let the weights of one listener rule be changed."""
    return _allow("ShiftTraffic", [elasticloadbalancing.ModifyRule], [rule_arn])


def register_tasks(group_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let tasks be registered in these target groups, and taken out of them."""
    actions = [elasticloadbalancing.DeregisterTargets, elasticloadbalancing.RegisterTargets]
    return _allow("RegisterTasks", actions, list(group_arns))


def invoke_functions(function_arns: Sequence[AWSHelperFn | str]) -> Statement:
    """Let these Lambda functions be invoked."""
    return _allow("InvokeFunctions", [awslambda.InvokeFunction], function_arns)


def use_connection(connection_arn: AWSHelperFn) -> Statement:
    """Let the repository be read through the connection to GitHub.

    Both spellings of the action are needed, whichever spelling the connection's ARN has.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/connections-permissions.html
    """
    actions = [codeconnections.UseConnection, codestar_connections.UseConnection]
    return _allow("UseConnection", actions, [connection_arn])


def clone_through_connection(connection_arn: AWSHelperFn) -> Statement:
    """Let a build that stands alone clone the repository through the connection to GitHub.

    https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html
    """
    actions = [codeconnections.GetConnection, codeconnections.GetConnectionToken]
    return _allow("CloneThroughConnection", actions, [connection_arn])


def run_builds(project_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let the pipeline start builds and ask how they went."""
    return _allow("RunBuilds", [codebuild.BatchGetBuilds, codebuild.StartBuild], project_arns)


def deploy_service(service_arn: AWSHelperFn) -> Statement:
    """Let the pipeline point the service at a new revision and watch it settle."""
    return _allow("DeployService", [ecs.DescribeServices, ecs.UpdateService], [service_arn])


def read_task_definitions() -> Statement:
    """Let the pipeline read the revision that runs now."""
    # ecs:DescribeTaskDefinition takes no resource.
    return _allow("ReadTaskDefinitions", [ecs.DescribeTaskDefinition], EVERY_RESOURCE)


def register_task_definition(task_definitions_arn: AWSHelperFn) -> Statement:
    """Let the pipeline register revisions of the service's own task definition."""
    return _allow("RegisterTaskDefinition", [ecs.RegisterTaskDefinition], [task_definitions_arn])


def tag_task_definition(task_definitions_arn: AWSHelperFn) -> Statement:
    """Let a revision carry its predecessor's tags while it is being registered, and at no other time."""
    condition = StringEquals("ecs:CreateAction", "RegisterTaskDefinition")
    return _allow("TagTaskDefinition", [ecs.TagResource], [task_definitions_arn], condition)


def pass_task_roles(role_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let the two roles of the task be handed to ECS tasks, and to nothing else."""
    condition = StringEquals("iam:PassedToService", "ecs-tasks.amazonaws.com")
    return _allow("PassTaskRoles", [iam.PassRole], role_arns, condition)


def see_alarms() -> Statement:
    """Let the states of alarms be read.

    Limited to some, it would not tell of composite ones, which whoever asks for all types asks for too.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    return _allow("SeeAlarms", [cloudwatch.DescribeAlarms], EVERY_RESOURCE)


def see_service(service_arn: AWSHelperFn) -> Statement:
    """Let the service be looked up: its revision and its network."""
    return _allow("SeeService", [ecs.DescribeServices], [service_arn])


def run_task(task_definitions_arn: AWSHelperFn, cluster_arn: AWSHelperFn) -> Statement:
    """Let tasks of these definitions be run in one cluster."""
    return _allow("RunTask", [ecs.RunTask], [task_definitions_arn], ArnEquals("ecs:cluster", cluster_arn))


def follow_tasks(tasks_arn: AWSHelperFn) -> Statement:
    """Let tasks of one cluster be waited for, and be stopped where they take too long."""
    return _allow("FollowTask", [ecs.DescribeTasks, ecs.StopTask], [tasks_arn])


def read_log(log_streams_arn: AWSHelperFn) -> Statement:
    """Let what a task wrote be read."""
    return _allow("ReadLog", [logs.GetLogEvents], [log_streams_arn])


def announce(topic_arn: AWSHelperFn) -> Statement:
    """Let the pipeline announce that an approval is asked for; it publishes as its own role."""
    return _allow("AnnounceApproval", [sns.Publish], [topic_arn])


def encrypt_announcements(key_arn: AWSHelperFn) -> Statement:
    """Let SNS encrypt what the role publishes."""
    return _allow("EncryptAnnouncements", [kms.Decrypt, kms.GenerateDataKey], [key_arn], _through("sns"))


def sign_attestations(key_arn: AWSHelperFn) -> Statement:
    """Let attestations be signed; the key's own policy names who may, too."""
    return _allow("SignAttestations", [kms.Sign], [key_arn])


def sign_images(profile_arn: AWSHelperFn) -> Statement:
    """Let ECR sign what is pushed, as it does in the name of whoever pushes."""
    return _allow("SignImages", [signer.SignPayload], [profile_arn])


def verify_attestations(key_arn: AWSHelperFn) -> Statement:
    """Let signatures of attestations be verified."""
    return _allow("VerifyAttestations", [kms.Verify], [key_arn])


def store_attestations(attestations_arn: AWSHelperFn) -> Statement:
    """Let attestations be stored; nothing may delete them."""
    return _allow("StoreAttestations", [s3.PutObject], [attestations_arn], _own_account())


def read_attestations(attestations_arn: AWSHelperFn) -> Statement:
    """Let attestations be read."""
    return _allow("ReadAttestations", [s3.GetObject], [attestations_arn], _own_account())


def see_checks(pipeline_arn: AWSHelperFn) -> Statement:
    """Let the ends of an execution's actions be read."""
    return _allow("SeeChecks", [codepipeline.ListActionExecutions], [pipeline_arn])


def see_scan(repository_arn: AWSHelperFn) -> Statement:
    """Let what a scan found in an image be read."""
    return _allow("SeeScan", [ecr.DescribeImageScanFindings], [repository_arn])


def see_execution(pipeline_arn: AWSHelperFn) -> Statement:
    """Let an execution be looked up."""
    return _allow("SeeExecution", [codepipeline.GetPipelineExecution], [pipeline_arn])


def write_logs(log_streams_arn: AWSHelperFn) -> Statement:
    """Let lines be written to a log group that the template made."""
    return _allow("WriteLogs", [logs.CreateLogStream, logs.PutLogEvents], [log_streams_arn])


def read_parameters(parameter_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let exactly these values be read from Parameter Store."""
    return _allow("ReadParameters", [ssm.GetParameters], parameter_arns)


def read_secret(secret_arn: AWSHelperFn) -> Statement:
    """Let this secret of Secrets Manager be read, whose key is AWS's own."""
    return _allow("ReadSecret", [secretsmanager.GetSecretValue], [secret_arn])


def write_reports(report_groups_arn: AWSHelperFn, *, coverage: bool) -> Statement:
    """Let a build file its test reports, and with ``coverage`` those of coverage.

    https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html
    """
    actions = [
        *([codebuild.BatchPutCodeCoverages] if coverage else []),
        codebuild.BatchPutTestCases,
        codebuild.CreateReport,
        codebuild.CreateReportGroup,
        codebuild.UpdateReport,
    ]
    return _allow("WriteReports", actions, [report_groups_arn])


def log_in_to_registry() -> Statement:
    """Let ``docker login`` get its token."""
    # ecr:GetAuthorizationToken takes no resource.
    return _allow("LogInToRegistry", [ecr.GetAuthorizationToken], EVERY_RESOURCE)


def push_image(repository_arn: AWSHelperFn) -> Statement:
    """Let layers and manifests be pushed to one repository.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
    """
    actions = [
        ecr.BatchCheckLayerAvailability,
        ecr.CompleteLayerUpload,
        ecr.InitiateLayerUpload,
        ecr.PutImage,
        ecr.UploadLayerPart,
    ]
    return _allow("PushImage", actions, [repository_arn])


def reuse_image(repository_arn: AWSHelperFn) -> Statement:
    """Let a build find the image that a commit has already, and build upon the layers of the last one."""
    return _allow("ReuseImage", [ecr.BatchGetImage, ecr.GetDownloadUrlForLayer], [repository_arn])


def pull_image(repository_arn: AWSHelperFn) -> Statement:
    """Let the image of a task be pulled from one repository."""
    actions = [ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer]
    return _allow("PullImage", actions, [repository_arn])


def _allow(
    sid: str, actions: Sequence[Action], resources: Sequence[Any], condition: ConditionElement | None = None
) -> Statement:
    limits = {} if condition is None else {"Condition": Condition(condition)}
    return Statement(Sid=sid, Effect=Allow, Action=list(actions), Resource=list(resources), **limits)


def _own_account() -> StringEquals:
    """Refuse a bucket of the same name that has come to belong to someone else."""
    return StringEquals("aws:ResourceAccount", Ref("AWS::AccountId"))


def _through(service: str) -> StringEquals:
    """Refuse the key to anything but ``service``, acting for the role."""
    return StringEquals("kms:ViaService", Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}"))
