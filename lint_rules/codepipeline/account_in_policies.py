"""E9159 and W9160."""

import re
from collections.abc import Iterator, Sequence

from lint_rules.codepipeline.artifact_stores import account_of
from lint_rules.codepipeline.structure import PIPELINE, Pipeline, pipelines
from lint_rules.kms.keys import KEY, key_of
from lint_rules.model.node import Node
from lint_rules.model.policy import Document
from lint_rules.model.resource_policy import is_readable, policy_of
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

_ACCOUNT = re.compile(r"\b[0-9]{12}\b")
BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"


class KeyOfOtherAccount(Rule):
    id = "E9159"
    shortdesc = "The policy of the artifacts' key lets the other account in"
    description = (
        "An action with a role of another account reads its artifacts under the pipeline's key. A key is used from "
        "another account only where its own policy names that account or a role of it: otherwise the action ends in "
        "Access Denied, whatever its role allows."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html"
    types = (PIPELINE, KEY)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            for store in _stores(pipeline):
                key = key_of(template, store["EncryptionKey"]["Id"])
                policy = policy_of(template, key)
                if key is None or policy is None or not is_readable(policy) or not _names_others([policy]):
                    continue
                for account in _others(pipeline):
                    if not _lets_in([policy], account):
                        yield fault(
                            store["EncryptionKey"]["Id"],
                            f"The policy of {key.logical_id} does not name account {account}, whose action uses the "
                            "key. Allow arn:aws:iam::ACCOUNT:root or the action's role kms:Decrypt, kms:DescribeKey, "
                            "kms:Encrypt, kms:GenerateDataKey* and kms:ReEncrypt* there.",
                        )


class BucketOfOtherAccount(Rule):
    id = "W9160"
    shortdesc = "The policy of the artifact bucket lets the other account in"
    description = (
        "An action with a role of another account reads and writes the artifact bucket from there, which the bucket's "
        "own policy has to allow. A bucket has one policy; where no template adds to it, the action ends in Access "
        "Denied."
    )
    source_url = KeyOfOtherAccount.source_url
    types = (PIPELINE, BUCKET, BUCKET_POLICY)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            for store in _stores(pipeline):
                bucket = template.referred(store["Location"], BUCKET, name="BucketName")
                if bucket is None:
                    continue
                bearers = template.resources(BUCKET_POLICY)
                own = [one for one in bearers if template.referred(one["Bucket"], BUCKET, name="BucketName") == bucket]
                policies = [policy for one in own if (policy := policy_of(template, one))]
                readable = len(policies) == len(own) and all(is_readable(policy) for policy in policies)
                readable = readable and _names_others(policies)
                for account in _others(pipeline) if readable else ():
                    if not _lets_in(policies, account):
                        yield fault(
                            store["Location"],
                            f"No policy of {bucket.logical_id} names account {account}, whose action reads it. Allow "
                            "arn:aws:iam::ACCOUNT:root or the action's role s3:Get*, s3:Put* and s3:ListBucket there.",
                        )


def _stores(pipeline: Pipeline) -> Sequence[Node]:
    return [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]


def _others(pipeline: Pipeline) -> Sequence[str]:
    """Return the other accounts, known by their number, that actions with artifacts run in."""
    own = account_of(pipeline["RoleArn"])
    using = [one for one in pipeline.actions if one.inputs or one.outputs]
    accounts = {account_of(one["RoleArn"]) for one in using} - {own, "", "${AWS::AccountId}"}
    return sorted(accounts) if own else []


def _lets_in(policies: Sequence[Document], account: str) -> bool:
    for policy in policies:
        for statement in policy.statements:
            named = [one.node.pattern for one in statement.principals if one.kind in {"AWS", "*"}]
            if statement.allows and any(one is None or account in one or one == "*" or _is_open(one) for one in named):
                return True
    return False


def _names_others(policies: Sequence[Document]) -> bool:
    """Whether policies say which other accounts they are about; of others, grants may be given elsewhere."""
    statements = [statement for policy in policies for statement in policy.statements]
    named = [one.node.pattern or "" for statement in statements for one in statement.principals]
    return any(_ACCOUNT.search(one) for one in named)


def _is_open(principal: str) -> bool:
    """Whether a parameter or another stack may name the account."""
    return "${" in principal.replace("${AWS::AccountId}", "").replace("${AWS::Partition}", "")
