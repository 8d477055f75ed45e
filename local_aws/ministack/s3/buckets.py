"""Properties of buckets, repositories and topics that MiniStack's stacks leave out, though its services keep them."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import ecr, s3, sns

from local_aws.ministack.cloudformation.stacks import Properties, after_resource


def complete_resource_types() -> None:
    """Have stacks apply what their handlers leave out, when they make a resource and when they change it."""
    after_resource("AWS::S3::Bucket", _configure_bucket)
    after_resource("AWS::ECR::Repository", _keep_exclusions)
    after_resource("AWS::SNS::Topic", _keep_encryption)
    original = ecr._repo_shape

    def shape(repository: dict[str, Any]) -> dict[str, Any]:
        kept = repository.get("imageTagMutabilityExclusionFilters")
        filters = {"imageTagMutabilityExclusionFilters": kept} if kept else {}
        return {**original(repository), **filters}

    ecr._repo_shape = shape


def _keep_exclusions(name: str, properties: Properties) -> None:
    prefix = "ImageTagMutabilityExclusionFilter"
    ecr._repositories[name]["imageTagMutabilityExclusionFilters"] = [
        {"filterType": each[f"{prefix}Type"], "filter": each[f"{prefix}Value"]}
        for each in properties.get(f"{prefix}s") or []
    ]


def _keep_encryption(arn: str, properties: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    attributes.pop("KmsMasterKeyId", None)
    if properties.get("KmsMasterKeyId"):
        attributes["KmsMasterKeyId"] = str(properties["KmsMasterKeyId"])


def _configure_bucket(name: str, properties: Properties) -> None:
    """Put encryption, lifecycle, logging and ownership, in the XML that S3's own API takes."""
    encryption = properties.get("BucketEncryption")
    if encryption:
        s3._put_bucket_encryption(name, _encryption(encryption).encode())
    else:
        s3._delete_bucket_encryption(name)
    lifecycle = properties.get("LifecycleConfiguration")
    if lifecycle:
        rules = "".join(_lifecycle_rule(rule) for rule in lifecycle["Rules"])
        s3._put_bucket_lifecycle(name, _element("LifecycleConfiguration", rules).encode())
    else:
        s3._delete_bucket_lifecycle(name)
    ownership = properties.get("OwnershipControls")
    if ownership:
        rules = "".join(
            _element("Rule", _element("ObjectOwnership", rule["ObjectOwnership"])) for rule in ownership["Rules"]
        )
        s3._put_bucket_ownership_controls(name, _element("OwnershipControls", rules).encode())
    s3._put_bucket_logging(name, _element("BucketLoggingStatus", _logging(properties)).encode())


def _encryption(declared: Mapping[str, Any]) -> str:
    rules = ""
    for rule in declared["ServerSideEncryptionConfiguration"]:
        default = rule.get("ServerSideEncryptionByDefault") or {}
        names = [name for name in ("SSEAlgorithm", "KMSMasterKeyID") if name in default]
        applied = "".join(_element(name, escape(str(default[name]))) for name in names)
        key = _element("BucketKeyEnabled", str(rule["BucketKeyEnabled"]).lower()) if "BucketKeyEnabled" in rule else ""
        rules += _element("Rule", (_element("ApplyServerSideEncryptionByDefault", applied) if applied else "") + key)
    return _element("ServerSideEncryptionConfiguration", rules)


def _logging(properties: Properties) -> str:
    declared = properties.get("LoggingConfiguration")
    if not declared:
        return ""
    target = _element("TargetBucket", escape(declared.get("DestinationBucketName", "")))
    return _element("LoggingEnabled", target + _element("TargetPrefix", escape(declared.get("LogFilePrefix", ""))))


def _lifecycle_rule(rule: Mapping[str, Any]) -> str:
    parts = _element("ID", escape(rule["Id"])) if "Id" in rule else ""
    parts += _element("Filter", _element("Prefix", escape(rule.get("Prefix", ""))))
    parts += _element("Status", rule["Status"])
    if "ExpirationInDays" in rule:
        parts += _element("Expiration", _element("Days", str(rule["ExpirationInDays"])))
    for name, member in (
        ("NoncurrentVersionExpiration", "NoncurrentDays"),
        ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    ):
        if name in rule:
            parts += _element(name, _element(member, str(rule[name][member])))
    return _element("Rule", parts)


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"
