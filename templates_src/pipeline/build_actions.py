"""The CodeBuild actions of a pipeline, a row each: in which stage one runs, what it may do, what it hands on.

Each becomes a project with a role and a log group of its own, and an action of the pipeline; see ``builds``.
Another one is a row here, its settings in ``settings/service.py``, and its buildspec.
Look at the rights of each: the tests and the checks run whatever a commit says, so they may do least.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from awacs.aws import Statement
from troposphere import GetAtt, Ref, ecr

from settings.service import Build, Delivery, Service
from templates_src import arns, permissions
from templates_src.foundation.artifacts import IMAGE_ARTIFACT, SECURITY_ARTIFACT
from templates_src.pipeline.registry import CACHE_TAG


@dataclass(frozen=True)
class BuildAction:
    """One CodeBuild action. ``owner`` begins the logical ids of its resources, ``suffix`` ends its project's name."""

    stage: str
    name: str
    owner: str
    suffix: str
    purpose: str
    """What its project does, with ``{service}`` for the service's name."""
    role_purpose: str
    settings: Callable[[Delivery], Build]
    reads: Callable[[Service], Sequence[str]]
    """The names of the values in Parameter Store that its buildspec reads."""
    further_rights: Callable[[str, Build, ecr.Repository], Sequence[Statement]]
    """What it may do beyond its log, its artifacts and those values, by its project's name, settings and repository."""
    variables: Callable[[Service, ecr.Repository], dict[str, Any]] = lambda _service, _repository: {}
    makes: str = ""
    """The artifact that it hands on; empty for none."""


def _push(_project_name: str, _settings: Build, repository: ecr.Repository) -> Sequence[Statement]:
    repository_arn = GetAtt(repository, "Arn")
    return [
        permissions.log_in_to_registry(),
        permissions.reuse_image(repository_arn),
        permissions.push_image(repository_arn),
    ]


TEST = BuildAction(
    stage="Test",
    name="Test",
    owner="Test",
    suffix="test",
    purpose="Runs the tests of {service} on a real PostgreSQL",
    role_purpose="What the tests of {service} may do",
    settings=lambda delivery: delivery.test,
    reads=lambda service: [parameter.name for parameter in service.parameters],
    further_rights=lambda name, settings, _repository: [
        permissions.write_reports(arns.report_groups(name), coverage=settings.coverage)
    ],
)
SECURE = BuildAction(
    stage="Test",
    name="Secure",
    owner="Secure",
    suffix="secure",
    purpose="Checks the source of {service} for what would make it insecure",
    role_purpose="What the security checks of {service} may do",
    settings=lambda delivery: delivery.security.build,
    reads=lambda _service: [],
    further_rights=lambda name, settings, _repository: [
        permissions.write_reports(arns.report_groups(name), coverage=settings.coverage)
    ],
    variables=lambda service, _repository: {
        "SERVICE_FOLDER": service.delivered.folder,
        "ALLOWED_LICENCES": ";".join(service.delivered.security.licences),
        "NOT_SHIPPED": ";".join(service.delivered.security.not_shipped),
    },
    makes=SECURITY_ARTIFACT,
)
BAKE = BuildAction(
    stage="Build",
    name="bake",
    owner="BakeImage",
    suffix="bake-image",
    purpose="Bakes the image of {service} and pushes it to its repository",
    role_purpose="What the baking of {service} may do",
    settings=lambda delivery: delivery.bake,
    reads=lambda _service: ["AWS_ACCOUNT_ID", "BACKEND_IMAGE_URL"],
    further_rights=_push,
    variables=lambda service, repository: {
        "CONTAINER_NAME": service.name,
        "REPOSITORY_NAME": Ref(repository),
        "CACHE_TAG": CACHE_TAG,
    },
    makes=IMAGE_ARTIFACT,
)

BUILD_ACTIONS = (TEST, SECURE, BAKE)
"""In the order in which they run; those of one stage run side by side."""
