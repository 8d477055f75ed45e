"""The deployer: an ordinary IAM user whose key is made here, with the rights that a deployment needs and no others."""

import secrets
import string
from pathlib import Path
from typing import Any

from local_aws.ministack.iam import identity
from local_aws.platform.credentials_file import profile, put_profile

NAME = "deployer"
_KEY_ID, _SECRET_KEY = "aws_access_key_id", "aws_secret_access_key"
_KEY_ALPHABET = string.ascii_uppercase + "234567"


def ensure_deployer(credentials_file: Path, account_id: str, region: str) -> None:
    """Have the user in IAM, and its access key in ``credentials_file``: the one that is there, or a new one.

    The file also says the region, so that clients need no other setting, and a deployment sees where it would go.
    What else stands in it stays.
    """
    before = profile(credentials_file, NAME)
    key_id, secret = before.get(_KEY_ID), before.get(_SECRET_KEY)
    if not key_id or not secret:
        key_id, secret = new_key()
    put_profile(credentials_file, NAME, {_KEY_ID: key_id, _SECRET_KEY: secret, "region": region})
    identity.put_user(account_id, region, NAME, key_id, secret, policy(account_id, region))


def new_key() -> tuple[str, str]:
    """Make an access key: its id, and its secret."""
    return "AKIA" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(16)), secrets.token_urlsafe(30)


_CONNECTION = ("GetConnection", "ListConnections", "ListTagsForResource")
_PIPELINE = [
    f"codepipeline:{action}"
    for action in (
        "StartPipelineExecution",
        "StopPipelineExecution",
        "RetryStageExecution",
        "RollbackStage",
        "OverrideStageCondition",
        "PutApprovalResult",
        "EnableStageTransition",
        "DisableStageTransition",
    )
]
_BUILD = ["codebuild:StartBuild", "codebuild:StopBuild", "codebuild:RetryBuild"]


_CONNECTIONS = [f"{name}:{action}" for name in ("codeconnections", "codestar-connections") for action in _CONNECTION]
_SECRET = ("PutParameter", "AddTagsToResource", "GetParameter", "GetParameters", "DeleteParameter")
_RETAINED = [
    "ecr:DeleteRepository",
    "kms:ScheduleKeyDeletion",
    "logs:DeleteLogGroup",
    "s3:DeleteBucket",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ListBucketVersions",
]
"""What the commands do that `bin/destroy` prints for what stays behind."""

_BUCKETS = ["s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:ListAllMyBuckets"]

_INTENTS: dict[str, tuple[list[str], list[str]]] = {
    # The templates bring their own roles and names; CloudFormation acts for the deployer on them.
    "DeployStacks": (["cloudformation:*"], ["*"]),
    "KnowOneself": (["sts:GetCallerIdentity"], ["*"]),
    "UploadTemplates": (["s3:PutObject", "s3:GetObject"], ["arn:aws:s3:::*/templates/*"]),
    "FindTemplateBucket": (["s3:GetBucketLocation", "s3:ListBucket"], ["arn:aws:s3:::*"]),
    "PutSecrets": ([f"ssm:{action}" for action in _SECRET], ["arn:aws:ssm:{where}:parameter/*/*/*"]),
    "ListParameters": (["ssm:DescribeParameters", "ssm:GetParametersByPath"], ["*"]),
    "SeeConnections": (_CONNECTIONS, ["*"]),
    "DrivePipelines": (["codepipeline:Get*", "codepipeline:List*", *_PIPELINE], ["*"]),
    "DriveBuilds": (["codebuild:BatchGet*", "codebuild:Describe*", "codebuild:List*", *_BUILD], ["*"]),
    "SeeService": (["ecs:Describe*", "ecs:List*"], ["*"]),
    "AnswerRollouts": (["ecs:ContinueServiceDeployment", "ecs:StopServiceDeployment"], ["*"]),
    "SeeLoadBalancer": (["elasticloadbalancing:Describe*"], ["*"]),
    "SeeImages": (["ecr:Describe*", "ecr:List*", "ecr:BatchGetImage", "ecr:GetAuthorizationToken"], ["*"]),
    "ReadLogs": (["logs:Describe*", "logs:Get*", "logs:FilterLogEvents", "logs:StartLiveTail"], ["*"]),
    "SeeNotifications": (["codestar-notifications:Describe*", "codestar-notifications:List*"], ["*"]),
    "SeeRoles": (["iam:Get*", "iam:List*"], ["*"]),
    "SeeBuckets": (_BUCKETS, ["*"]),
    "SeeKeys": (["kms:Describe*", "kms:List*", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"], ["*"]),
    "VerifyImages": (["kms:Verify"], ["*"]),
    "ReadAttestations": (["s3:GetObject"], ["arn:aws:s3:::*/*/attestatio/*"]),
    "SeeTopics": (["sns:Get*", "sns:List*"], ["*"]),
    "SeeNetwork": (["ec2:Describe*"], ["*"]),
    "RemoveWhatStays": (_RETAINED, ["*"]),
    "SeeAlarms": (["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"], ["*"]),
}
"""By intent, which is the statement's Sid: actions and resources, ``{where}`` for region and account."""


def policy(account_id: str, region: str) -> dict[str, Any]:
    """Return the deployer's policy: one statement an intent."""
    where = f"{region}:{account_id}"
    statements = [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Action": actions,
            "Resource": [resource.replace("{where}", where) for resource in resources],
        }
        for sid, (actions, resources) in _INTENTS.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}
