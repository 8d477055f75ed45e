"""What EventBridge is told of a scan: by ECR that a basic one is over, by Inspector of each finding of an enhanced one.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.services.ecr.scanning.findings import BASIC

Event = tuple[str, str, Mapping[str, Any]]
"""Source, detail type and detail."""


def events_of(repository: str, image: Mapping[str, Any], scanned: Mapping[str, Any], kind: str) -> Iterator[Event]:
    """Return the events of an image's scan, which is as DescribeImageScanFindings shows it."""
    found, digest, tags = scanned.get("imageScanFindings", {}), image["imageDigest"], image.get("imageTags", [])
    if kind == BASIC:
        detail = {
            "scan-status": "COMPLETE" if found else "FAILED",
            "repository-name": repository,
            "image-digest": digest,
            "image-tags": tags,
            "finding-severity-counts": found.get("findingSeverityCounts", {}),
        }
        yield "aws.ecr", "ECR Image Scan", detail
        return
    where = {"repositoryName": repository, "imageHash": digest, "imageTags": tags}
    resource = {"type": "AWS_ECR_CONTAINER_IMAGE", "details": {"awsEcrContainerImage": where}}
    for one in found.get("enhancedFindings", ()):
        shown = {name: one[name] for name in ("severity", "status", "title", "type", "description")}
        yield "aws.inspector2", "Inspector2 Finding", {**shown, "resources": [resource]}
