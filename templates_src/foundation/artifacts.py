"""The artifacts of a service's pipeline, and where they lie in the bucket that all pipelines share.

A statement about objects names one of these places: a role reaches no other pipeline's artifacts.
"""

from troposphere import AWSHelperFn, Join

from aws_facts.codepipeline import folder_of_artifact, folder_of_pipeline
from settings.service import Service

SOURCE_ARTIFACT = "SourceArtifact"
SECURITY_ARTIFACT = "securityReports"
IMAGE_ARTIFACT = "imageDefinition"
SBOM_ARTIFACT = "imageSbom"
DEPLOYMENT_ARTIFACT = "deploymentFiles"
ATTESTATIONS = "attestations"
"""No artifact of the pipeline's: the bake's attestations, by the digest of their image, in a folder beside those."""


def every_artifact(service: Service, bucket_arn: AWSHelperFn) -> Join:
    """Name every artifact of the service's pipeline."""
    return _below(bucket_arn, folder_of_pipeline(service.delivered.pipeline))


def one_artifact(service: Service, artifact: str, bucket_arn: AWSHelperFn) -> Join:
    """Name what the executions of the service's pipeline make of one ``artifact``."""
    return _below(bucket_arn, folder_of_artifact(service.delivered.pipeline, artifact))


def _below(bucket_arn: AWSHelperFn, folder: str) -> Join:
    return Join("/", [bucket_arn, folder, "*"])
