"""Makes the repository that a service's images live in.

The bake build pushes to it, the tasks pull from it.
It needs nothing first, and outlives its stack: roll-back needs the images.
Look at what is kept, and at which tags may move: only the build cache's.
"""

import json

from troposphere import ecr

from settings.service import Service
from templates_src.retention import RETAINED

CACHE_TAG = "cache"
"""The tag that follows the last image, whose layers the next build starts from."""
DAYS_UNTAGGED = 7


def repository(service: Service) -> ecr.Repository:
    """Make the repository of ``service``; images are named by commit, and a commit's image never changes."""
    return ecr.Repository(
        "Repository",
        RepositoryName=service.image_repository,
        ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        ImageTagMutabilityExclusionFilters=[
            ecr.ImageTagMutabilityExclusionFilter(
                ImageTagMutabilityExclusionFilterType="WILDCARD", ImageTagMutabilityExclusionFilterValue=f"{CACHE_TAG}*"
            )
        ],
        ImageScanningConfiguration=ecr.ImageScanningConfiguration(ScanOnPush=True),
        EncryptionConfiguration=ecr.EncryptionConfiguration(EncryptionType="AES256"),
        LifecyclePolicy=ecr.LifecyclePolicy(LifecyclePolicyText=_lifecycle(service.delivered.images_kept)),
        **RETAINED,
    )


def _lifecycle(images_kept: int) -> str:
    """Return the lifecycle policy; its own format wants a text.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    rules = [
        {
            "rulePriority": 1,
            "description": f"Images without a tag go after {DAYS_UNTAGGED} days",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": DAYS_UNTAGGED,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": f"The last {images_kept} images stay",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": images_kept},
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules}, separators=(",", ":"))
