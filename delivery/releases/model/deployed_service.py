"""What a service runs: its image, the commit that it was made of, its tasks, its address."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delivery.aws.errors import RefusedByAwsError
from delivery.model import stacks
from delivery.releases.model import executions_api
from delivery.releases.model.execution import SUCCEEDED
from delivery.releases.model.target import Target
from delivery.stacks import running_image

TOLD_EVENTS = 3
_COMMIT = re.compile(r"[0-9a-f]{40}(?![0-9a-f])")
MISSING = ("ClusterNotFoundException", "ServiceNotFoundException")


@dataclass(frozen=True)
class Deployed:
    """A service as it stands. ``address`` is where its health check answers; empty where the manifest names none."""

    image: str
    commit: str
    """The commit's id, as the image's tag says; empty where no tag does."""
    definition: str
    """The task definition's ARN."""
    desired: int
    running: int
    rollout: str
    """How the newest deployment stands: IN_PROGRESS, COMPLETED or FAILED."""
    replaced: int
    """How many tasks of earlier deployments there still are."""
    url: str
    address: str
    events: Sequence[str]

    @property
    def released(self) -> bool:
        """Whether an image was ever released to it."""
        return not running_image.is_placeholder(self.image)

    @property
    def settled(self) -> bool:
        """Whether all wanted tasks run, of one image."""
        return self.desired > 0 and self.running >= self.desired and self.rollout == "COMPLETED" and not self.replaced

    @property
    def digest(self) -> str:
        """The image's digest; empty where it is named by a tag."""
        return self.image.partition("@")[2]


def read(target: Target) -> Deployed | None:
    """Return what is deployed; ``None`` where there is no such service.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
    """
    pipeline, ecs = target.pipeline, target.aws.ecs
    try:
        found = ecs.describe_services(cluster=pipeline.cluster, services=[pipeline.ecs_service])["services"]
    except RefusedByAwsError as refusal:
        if refusal.code in MISSING:
            return None
        raise
    service: Mapping[str, Any] | None = next((one for one in found if one.get("status") == "ACTIVE"), None)
    if service is None:
        return None
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    containers = definition.get("containerDefinitions", [])
    image = next((one.get("image", "") for one in containers if one.get("name") == pipeline.container), "")
    url = _url(target)
    return Deployed(
        image=image,
        commit=_commit(target, image),
        definition=service["taskDefinition"],
        desired=service.get("desiredCount", 0),
        running=service.get("runningCount", 0),
        rollout=next((one.get("rolloutState", "COMPLETED") for one in service["deployments"]), "COMPLETED"),
        replaced=sum(one.get("runningCount", 0) + one.get("pendingCount", 0) for one in service["deployments"][1:]),
        url=url,
        address=f"{url.rstrip('/')}{pipeline.health_check_path}" if url else "",
        events=[event["message"] for event in service.get("events", [])[:TOLD_EVENTS]],
    )


def _url(target: Target) -> str:
    wanted = target.pipeline.url
    standing = stacks.find(target.aws, wanted.stack) if wanted else None
    return (standing.output(wanted.output) or "") if standing and wanted else ""


def _commit(target: Target, image: str) -> str:
    """Return the tag of the image, which is the commit that it was made of.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
    """
    name, _, digest = image.partition("@")
    repository = name.partition("/")[2]
    if not digest or not repository:
        return name.rpartition(":")[2] if ":" in repository else ""
    try:
        found = target.aws.ecr.describe_images(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    except RefusedByAwsError:  # removed meanwhile, in another registry, or not to be seen: nothing hangs on it
        return ""
    tags = [tag for detail in found["imageDetails"] for tag in detail.get("imageTags", [])]
    return commit_of(tags, _released(target))


def _released(target: Target) -> Iterator[str]:
    """Give the commits of executions that succeeded, the newest first."""
    for execution in executions_api.newest_summaries(target.aws, target.name):
        if execution.status == SUCCEEDED:
            yield from (revision.id for revision in execution.revisions)


def commit_of(tags: Sequence[str], released: Iterable[str] = ()) -> str:
    """Return the tag that is a commit's id; an image has others, as for layers that the next build takes.

    Commits that change nothing of an image share it: of theirs, the first of those ``released`` is it.
    """
    commits = [tag for tag in tags if _COMMIT.match(tag)]
    if len(commits) > 1:
        return next((one for one in released if one in commits), commits[0])
    return next(iter([*commits, *tags]), "")
