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


def allow(
    sid: str, actions: Sequence[Action], resources: Sequence[Any], condition: ConditionElement | None = None
) -> Statement:
    """Allow ``actions`` on ``resources``, as the statement ``sid``, under a condition if there is one."""
    limits = {} if condition is None else {"Condition": Condition(condition)}
    return Statement(Sid=sid, Effect=Allow, Action=list(actions), Resource=list(resources), **limits)


def find_artifact_bucket(bucket_arn: AWSHelperFn) -> Statement:
    """Let CodePipeline check the artifact bucket's owner, place and versioning."""
    actions = [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning]
    return allow("FindArtifactBucket", actions, [bucket_arn], _own_account())


def read_artifacts(artifact_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let artifacts be fetched, at the version that the pipeline names."""
    return allow("ReadArtifacts", [s3.GetObject, s3.GetObjectVersion], artifact_arns, _own_account())


def store_artifacts(artifacts_arn: AWSHelperFn) -> Statement:
    """Let artifacts be stored; nothing may delete them."""
    return allow("StoreArtifacts", [s3.PutObject], [artifacts_arn], _own_account())


def decrypt_artifacts(key_arn: AWSHelperFn) -> Statement:
    """Let S3 decrypt artifacts for the role."""
    return allow("DecryptArtifacts", [kms.Decrypt], [key_arn], _through("s3"))


def encrypt_artifacts(key_arn: AWSHelperFn) -> Statement:
    """Let S3 encrypt artifacts for the role."""
    return allow("EncryptArtifacts", [kms.GenerateDataKey], [key_arn], _through("s3"))


def start_deployments(group_arn: AWSHelperFn) -> Statement:
    """Let the pipeline have CodeDeploy deploy, and see how it goes."""
    return allow("StartDeployments", [codedeploy.CreateDeployment, codedeploy.GetDeployment], [group_arn])


def register_revisions(application_arn: AWSHelperFn) -> Statement:
    """Let the pipeline tell CodeDeploy what it deploys."""
    actions = [codedeploy.GetApplication, codedeploy.GetApplicationRevision, codedeploy.RegisterApplicationRevision]
    return allow("RegisterRevisions", actions, [application_arn])


def read_deployment_configurations(configurations_arn: AWSHelperFn) -> Statement:
    """Let the pipeline read in which steps CodeDeploy goes on."""
    return allow("ReadDeploymentConfigurations", [codedeploy.GetDeploymentConfig], [configurations_arn])


def invoke_functions(function_arns: Sequence[AWSHelperFn | str]) -> Statement:
    """Let these Lambda functions be invoked."""
    return allow("InvokeFunctions", [awslambda.InvokeFunction], function_arns)


def use_connection(connection_arn: AWSHelperFn) -> Statement:
    """Let the repository be read through the connection to GitHub.

    Both spellings of the action are needed, whichever spelling the connection's ARN has.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/connections-permissions.html
    """
    actions = [codeconnections.UseConnection, codestar_connections.UseConnection]
    return allow("UseConnection", actions, [connection_arn])


def clone_through_connection(connection_arn: AWSHelperFn) -> Statement:
    """Let a build that stands alone clone the repository through the connection to GitHub.

    https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html
    """
    actions = [codeconnections.GetConnection, codeconnections.GetConnectionToken]
    return allow("CloneThroughConnection", actions, [connection_arn])


def run_builds(project_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let the pipeline start builds and ask how they went."""
    return allow("RunBuilds", [codebuild.BatchGetBuilds, codebuild.StartBuild], project_arns)


def deploy_service(service_arn: AWSHelperFn) -> Statement:
    """Let the pipeline point the service at a new revision and watch it settle."""
    return allow("DeployService", [ecs.DescribeServices, ecs.UpdateService], [service_arn])


def read_task_definitions() -> Statement:
    """Let the pipeline read the revision that runs now."""
    # ecs:DescribeTaskDefinition takes no resource.
    return allow("ReadTaskDefinitions", [ecs.DescribeTaskDefinition], EVERY_RESOURCE)


def register_task_definition(task_definitions_arn: AWSHelperFn) -> Statement:
    """Let the pipeline register revisions of the service's own task definition."""
    return allow("RegisterTaskDefinition", [ecs.RegisterTaskDefinition], [task_definitions_arn])


def tag_task_definition(task_definitions_arn: AWSHelperFn) -> Statement:
    """Let a revision carry its predecessor's tags while it is being registered, and at no other time."""
    condition = StringEquals("ecs:CreateAction", "RegisterTaskDefinition")
    return allow("TagTaskDefinition", [ecs.TagResource], [task_definitions_arn], condition)


def pass_task_roles(role_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let the two roles of the task be handed to ECS tasks, and to nothing else."""
    condition = StringEquals("iam:PassedToService", "ecs-tasks.amazonaws.com")
    return allow("PassTaskRoles", [iam.PassRole], role_arns, condition)


def see_alarms() -> Statement:
    """Let the states of alarms be read.

    Limited to some, it would not tell of composite ones, which whoever asks for all types asks for too.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    return allow("SeeAlarms", [cloudwatch.DescribeAlarms], EVERY_RESOURCE)


def see_service(service_arn: AWSHelperFn) -> Statement:
    """Let the service be looked up: its revision and its network."""
    return allow("SeeService", [ecs.DescribeServices], [service_arn])


def run_task(task_definitions_arn: AWSHelperFn, cluster_arn: AWSHelperFn) -> Statement:
    """Let tasks of these definitions be run in one cluster."""
    return allow("RunTask", [ecs.RunTask], [task_definitions_arn], ArnEquals("ecs:cluster", cluster_arn))


def follow_tasks(tasks_arn: AWSHelperFn) -> Statement:
    """Let tasks of one cluster be waited for, and be stopped where they take too long."""
    return allow("FollowTask", [ecs.DescribeTasks, ecs.StopTask], [tasks_arn])


def read_log(log_streams_arn: AWSHelperFn) -> Statement:
    """Let what a task wrote be read."""
    return allow("ReadLog", [logs.GetLogEvents], [log_streams_arn])


def announce(topic_arn: AWSHelperFn) -> Statement:
    """Let the pipeline announce that an approval is asked for; it publishes as its own role."""
    return allow("AnnounceApproval", [sns.Publish], [topic_arn])


def encrypt_announcements(key_arn: AWSHelperFn) -> Statement:
    """Let SNS encrypt what the role publishes."""
    return allow("EncryptAnnouncements", [kms.Decrypt, kms.GenerateDataKey], [key_arn], _through("sns"))


def sign_attestations(key_arn: AWSHelperFn) -> Statement:
    """Let attestations be signed; the key's own policy names who may, too."""
    return allow("SignAttestations", [kms.Sign], [key_arn])


def sign_images(profile_arn: AWSHelperFn) -> Statement:
    """Let ECR sign what is pushed, as it does in the name of whoever pushes."""
    return allow("SignImages", [signer.SignPayload], [profile_arn])


def verify_attestations(key_arn: AWSHelperFn) -> Statement:
    """Let signatures of attestations be verified."""
    return allow("VerifyAttestations", [kms.Verify], [key_arn])


def store_attestations(attestations_arn: AWSHelperFn) -> Statement:
    """Let attestations be stored; nothing may delete them."""
    return allow("StoreAttestations", [s3.PutObject], [attestations_arn], _own_account())


def read_attestations(attestations_arn: AWSHelperFn) -> Statement:
    """Let attestations be read."""
    return allow("ReadAttestations", [s3.GetObject], [attestations_arn], _own_account())


def see_checks(pipeline_arn: AWSHelperFn) -> Statement:
    """Let the ends of an execution's actions be read."""
    return allow("SeeChecks", [codepipeline.ListActionExecutions], [pipeline_arn])


def see_scan(repository_arn: AWSHelperFn) -> Statement:
    """Let what a scan found in an image be read."""
    return allow("SeeScan", [ecr.DescribeImageScanFindings], [repository_arn])


def see_execution(pipeline_arn: AWSHelperFn) -> Statement:
    """Let an execution be looked up."""
    return allow("SeeExecution", [codepipeline.GetPipelineExecution], [pipeline_arn])


def write_logs(log_streams_arn: AWSHelperFn) -> Statement:
    """Let lines be written to a log group that the template made."""
    return allow("WriteLogs", [logs.CreateLogStream, logs.PutLogEvents], [log_streams_arn])


def read_parameters(parameter_arns: Sequence[AWSHelperFn]) -> Statement:
    """Let exactly these values be read from Parameter Store."""
    return allow("ReadParameters", [ssm.GetParameters], parameter_arns)


def read_secret(secret_arn: AWSHelperFn) -> Statement:
    """Let this secret of Secrets Manager be read, whose key is AWS's own."""
    return allow("ReadSecret", [secretsmanager.GetSecretValue], [secret_arn])


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
    return allow("WriteReports", actions, [report_groups_arn])


def log_in_to_registry() -> Statement:
    """Let ``docker login`` get its token."""
    # ecr:GetAuthorizationToken takes no resource.
    return allow("LogInToRegistry", [ecr.GetAuthorizationToken], EVERY_RESOURCE)


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
    return allow("PushImage", actions, [repository_arn])


def reuse_image(repository_arn: AWSHelperFn) -> Statement:
    """Let a build find the image that a commit has already, and build upon the layers of the last one."""
    return allow("ReuseImage", [ecr.BatchGetImage, ecr.GetDownloadUrlForLayer], [repository_arn])


def pull_image(repository_arn: AWSHelperFn) -> Statement:
    """Let the image of a task be pulled from one repository."""
    actions = [ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer]
    return allow("PullImage", actions, [repository_arn])


def _own_account() -> StringEquals:
    """Refuse a bucket of the same name that has come to belong to someone else."""
    return StringEquals("aws:ResourceAccount", Ref("AWS::AccountId"))


def _through(service: str) -> StringEquals:
    """Refuse the key to anything but ``service``, acting for the role."""
    return StringEquals("kms:ViaService", Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}"))
