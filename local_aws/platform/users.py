"""The IAM users that the embedded AWS makes, and the file with the profiles that clients name."""

import configparser
import io
import secrets
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_aws.ministack.iam import identity
from local_aws.state.files import write_atomically

ADMINISTRATOR = "administrator"
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def ensure_administrator(account_id: str, region: str) -> tuple[str, str]:
    """Have the user in IAM; return the id and secret of its access key: the one that it has, or a new one."""
    key_id, secret = identity.key_of_user(account_id, region, ADMINISTRATOR) or new_key()
    identity.put_user(account_id, region, ADMINISTRATOR, key_id, secret, _EVERYTHING)
    return key_id, secret


def profile(path: Path, name: str) -> Mapping[str, str]:
    """Return the values of a profile; none where it is not there."""
    profiles = _read(path)
    return dict(profiles[name]) if name in profiles else {}


def put_profile(credentials_file: Path, name: str, values: Mapping[str, str]) -> None:
    """Have the profile of that name in the file, with these values; what else stands in it stays."""
    profiles = _read(credentials_file)
    before = dict(profiles[name]) if name in profiles else {}
    wanted = {**before, **values}
    if before != wanted:
        profiles[name] = wanted
        _write(credentials_file, profiles)


def _read(path: Path) -> configparser.ConfigParser:
    """Read the profiles; none where there is no file, or a broken one."""
    parser = _parser()
    try:
        parser.read_string(path.read_text())
    except (OSError, configparser.Error, UnicodeDecodeError):
        return _parser()
    return parser


def _parser() -> configparser.ConfigParser:
    return configparser.ConfigParser(interpolation=None)


def _write(path: Path, profiles: configparser.ConfigParser) -> None:
    text = io.StringIO()
    profiles.write(text)
    write_atomically(path, text.getvalue().encode(), mode=0o600)


DEPLOYER = "deployer"
_KEY_ID, _SECRET_KEY = "aws_access_key_id", "aws_secret_access_key"
_KEY_ALPHABET = string.ascii_uppercase + "234567"


def ensure_deployer(credentials_file: Path, account_id: str, region: str) -> None:
    """Have the user in IAM, and its access key in ``credentials_file``: the one that is there, or a new one.

    The file also says the region, so that clients need no other setting, and a deployment sees where it would go.
    What else stands in it stays.
    """
    before = profile(credentials_file, DEPLOYER)
    key_id, secret = before.get(_KEY_ID), before.get(_SECRET_KEY)
    if not key_id or not secret:
        key_id, secret = new_key()
    put_profile(credentials_file, DEPLOYER, {_KEY_ID: key_id, _SECRET_KEY: secret, "region": region})
    identity.put_user(account_id, region, DEPLOYER, key_id, secret, policy(account_id, region))


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
