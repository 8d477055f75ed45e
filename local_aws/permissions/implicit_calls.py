"""The rights that AWS checks on steps of its services which no request of the role shows: one table, each row sourced.

Add a row, and whoever takes that step asks IAM for one more right; see ``implicit.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

FIND_BUCKET = "CodePipeline looks at the artifact bucket"
READ_ARTIFACT = "CodePipeline reads an artifact at its version"
USE_CONNECTION = "CodePipeline uses the connection"
READ_INPUT = "CodeBuild reads an artifact at its version"
CLONE = "CodeBuild clones through the connection"
BEGIN_REPORT = "CodeBuild begins a report"
PUT_TEST_CASES = "CodeBuild files test cases"
PUT_COVERAGES = "CodeBuild files code coverage"
END_REPORT = "CodeBuild ends a report"
LOG_IN = "ECS logs in to the registry"
PULL = "ECS pulls an image"
READ_PARAMETER = "ECS reads a parameter for a container"
READ_SECRET = "ECS reads a secret for a container"  # noqa: S105 - the name of a step
CREATE_LOG_GROUP = "ECS makes the log group of a container"
CREATE_LOG_STREAM = "ECS makes the log stream of a container"
PUT_LOG_LINES = "ECS writes what a container says"
DECRYPT_OBJECT = "S3 decrypts an object"
ENCRYPT_OBJECT = "S3 encrypts an object"
DECRYPT_PARAMETER = "Systems Manager decrypts a parameter"
ENCRYPT_PARAMETER = "Systems Manager encrypts a parameter"
DECRYPT_SECRET = "Secrets Manager decrypts a secret"  # noqa: S105 - the same
ENCRYPT_SECRET = "Secrets Manager encrypts a secret"  # noqa: S105 - the same
ENCRYPT_MESSAGE = "SNS encrypts a message"
TAG_TASK_DEFINITION = "ECS tags a task definition while it registers it"
TAG_SERVICE = "ECS tags a service while it makes it"
TAG_TASK = "ECS tags a task while it starts it"
TAG_CLUSTER = "ECS tags a cluster while it makes it"
ROLE_FOR_TASKS = "ECS is passed a role for tasks"
ROLE_FOR_PIPELINE = "CodePipeline is passed a role"
ROLE_FOR_BUILD = "CodeBuild is passed a role"
ROLE_FOR_RULE = "EventBridge is passed a role"

_GUIDE = "https://docs.aws.amazon.com/"
_PIPELINE_ROLE = f"{_GUIDE}codepipeline/latest/userguide/how-to-custom-role.html"
_BUILD_ROLE = f"{_GUIDE}codebuild/latest/userguide/setting-up-service-role.html"
_REPORTS = f"{_GUIDE}codebuild/latest/userguide/test-permissions.html"
_EXECUTION_ROLE = f"{_GUIDE}AmazonECS/latest/developerguide/task_execution_IAM_role.html"
_TAGGING = f"{_GUIDE}AmazonECS/latest/developerguide/supported-iam-actions-tagging.html"
_PASSING = f"{_GUIDE}IAM/latest/UserGuide/id_roles_use_passrole.html"


@dataclass(frozen=True)
class ImplicitCall:
    """One right that a step needs; ``keys`` are condition keys that it always has, ``{region}`` for the region."""

    step: str
    action: str
    source: str
    keys: Mapping[str, str] = field(default_factory=dict)


def _through(service: str) -> Mapping[str, str]:
    """Give the keys of what a service asks of another in the caller's name."""
    return {"kms:ViaService": f"{service}.{{region}}.amazonaws.com", "aws:ViaAWSService": "true"}


def _rows(step: str, actions: Sequence[str], source: str, keys: Mapping[str, str] | None = None) -> list[ImplicitCall]:
    return [ImplicitCall(step, action, source, keys or {}) for action in actions]


def _passed(step: str, service: str, source: str = _PASSING) -> list[ImplicitCall]:
    return _rows(step, ["iam:PassRole"], source, {"iam:PassedToService": service})


def _tagged(step: str, created_by: str) -> list[ImplicitCall]:
    return _rows(step, ["ecs:TagResource"], _TAGGING, {"ecs:CreateAction": created_by})


IMPLICIT_CALLS: Sequence[ImplicitCall] = [
    *_rows(FIND_BUCKET, ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"], _PIPELINE_ROLE),
    *_rows(READ_ARTIFACT, ["s3:GetObjectVersion"], _PIPELINE_ROLE),
    # Both spellings, whichever one the connection's ARN has.
    *_rows(
        USE_CONNECTION,
        ["codeconnections:UseConnection", "codestar-connections:UseConnection"],
        f"{_GUIDE}codepipeline/latest/userguide/connections-permissions.html",
    ),
    *_rows(READ_INPUT, ["s3:GetObjectVersion"], _BUILD_ROLE),
    *_rows(
        CLONE,
        ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"],
        f"{_GUIDE}codebuild/latest/userguide/connections-github-app.html",
    ),
    *_rows(BEGIN_REPORT, ["codebuild:CreateReport"], _REPORTS),
    *_rows(PUT_TEST_CASES, ["codebuild:BatchPutTestCases"], _REPORTS),
    *_rows(PUT_COVERAGES, ["codebuild:BatchPutCodeCoverages"], _REPORTS),
    *_rows(END_REPORT, ["codebuild:UpdateReport"], _REPORTS),
    *_rows(LOG_IN, ["ecr:GetAuthorizationToken"], _EXECUTION_ROLE),
    *_rows(
        PULL, ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], _EXECUTION_ROLE
    ),
    *_rows(READ_PARAMETER, ["ssm:GetParameters"], _EXECUTION_ROLE),
    *_rows(READ_SECRET, ["secretsmanager:GetSecretValue"], _EXECUTION_ROLE),
    *_rows(CREATE_LOG_GROUP, ["logs:CreateLogGroup"], f"{_GUIDE}AmazonECS/latest/developerguide/using_awslogs.html"),
    *_rows(CREATE_LOG_STREAM, ["logs:CreateLogStream"], _EXECUTION_ROLE),
    *_rows(PUT_LOG_LINES, ["logs:PutLogEvents"], _EXECUTION_ROLE),
    *_rows(
        DECRYPT_OBJECT,
        ["kms:Decrypt"],
        f"{_GUIDE}AmazonS3/latest/userguide/UsingKMSEncryption.html",
        _through("s3"),
    ),
    *_rows(
        ENCRYPT_OBJECT,
        ["kms:GenerateDataKey"],
        f"{_GUIDE}AmazonS3/latest/userguide/UsingKMSEncryption.html",
        _through("s3"),
    ),
    *_rows(
        DECRYPT_PARAMETER,
        ["kms:Decrypt"],
        f"{_GUIDE}kms/latest/developerguide/services-parameter-store.html",
        _through("ssm"),
    ),
    *_rows(
        ENCRYPT_PARAMETER,
        ["kms:Encrypt"],
        f"{_GUIDE}kms/latest/developerguide/services-parameter-store.html",
        _through("ssm"),
    ),
    *_rows(
        DECRYPT_SECRET,
        ["kms:Decrypt"],
        f"{_GUIDE}secretsmanager/latest/userguide/security-encryption.html",
        _through("secretsmanager"),
    ),
    *_rows(
        ENCRYPT_SECRET,
        ["kms:GenerateDataKey", "kms:Decrypt"],
        f"{_GUIDE}secretsmanager/latest/userguide/security-encryption.html",
        _through("secretsmanager"),
    ),
    *_rows(
        ENCRYPT_MESSAGE,
        ["kms:GenerateDataKey", "kms:Decrypt"],
        f"{_GUIDE}sns/latest/dg/sns-key-management.html",
        _through("sns"),
    ),
    *_tagged(TAG_TASK_DEFINITION, "RegisterTaskDefinition"),
    *_tagged(TAG_SERVICE, "CreateService"),
    *_tagged(TAG_TASK, "RunTask"),
    *_tagged(TAG_CLUSTER, "CreateCluster"),
    *_passed(ROLE_FOR_TASKS, "ecs-tasks.amazonaws.com", f"{_GUIDE}AmazonECS/latest/developerguide/task-iam-roles.html"),
    *_passed(ROLE_FOR_PIPELINE, "codepipeline.amazonaws.com"),
    *_passed(ROLE_FOR_BUILD, "codebuild.amazonaws.com"),
    *_passed(ROLE_FOR_RULE, "events.amazonaws.com"),
]


def calls_of(step: str) -> Iterator[ImplicitCall]:
    """Give the rights that a step needs, in the order in which they are asked for."""
    return (call for call in IMPLICIT_CALLS if call.step == step)
