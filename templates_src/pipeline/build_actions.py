"""The CodeBuild actions of a pipeline, a row each: in which stage one runs, what it may do, what it hands on.

Each becomes a project with a role and a log group of its own, and an action of the pipeline; see ``builds``.
Another one is a row here, its settings in ``settings/delivery.py``, and its buildspec.
Look at the rights of each: the tests and the checks run whatever a commit says, so they may do least.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from awacs.aws import Statement
from troposphere import AWSHelperFn, GetAtt, Ref, ecr, kms

from aws_facts.codepipeline import folder_of_artifact
from settings.delivery import Build, Delivery
from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.foundation.artifacts import (
    ATTESTATIONS,
    DEPLOYMENT_ARTIFACT,
    IMAGE_ARTIFACT,
    SECURITY_ARTIFACT,
    SOURCE_ARTIFACT,
    one_artifact,
)
from templates_src.names import pascal
from templates_src.pipeline import migration, preparation, verification
from templates_src.pipeline.registry import CACHE_TAG


@dataclass(frozen=True)
class Source:
    """What the builds take from the foundation stack."""

    bucket_name: AWSHelperFn
    bucket_arn: AWSHelperFn
    key_arn: AWSHelperFn
    connection_arn: AWSHelperFn
    image_profile_arn: AWSHelperFn | None
    """The ARN of the profile with which ECR signs images; None where it does not."""


@dataclass(frozen=True)
class Surroundings:
    """What a build action's rights and variables are about; ``key`` signs attestations, where there are any."""

    project: Project
    service: Service
    source: Source
    repository: ecr.Repository
    key: kms.Key | None
    task_roles: tuple[AWSHelperFn, AWSHelperFn]
    """The ARNs of the role of the task's code, and of the one that starts it."""
    address: verification.Address | None = None
    """Where the service answers; None where nothing asks it."""

    @property
    def key_arn(self) -> AWSHelperFn:
        """The ARN of the key."""
        return GetAtt(self.key, "Arn")

    @property
    def attestations(self) -> AWSHelperFn:
        """Every attestation of the service's images."""
        return one_artifact(self.service, ATTESTATIONS, self.source.bucket_arn)

    @property
    def pipeline(self) -> AWSHelperFn:
        """The ARN of the service's pipeline."""
        return arns.pipeline(self.service.delivered.pipeline)


@dataclass(frozen=True)
class BuildAction:
    """One CodeBuild action. ``suffix`` ends its project's name, and begins the logical ids of its resources."""

    stage: str
    name: str
    suffix: str
    purpose: str
    """What its project does, with ``{service}`` for the service's name."""
    role_purpose: str
    settings: Callable[[Delivery], Build]
    reads: Callable[[Service], Sequence[str]] = lambda _service: ()
    """The names of the values in Parameter Store that its buildspec reads."""
    further_rights: Callable[[Surroundings], Sequence[Statement]] = lambda _around: ()
    """What it may do beyond its log, its artifacts, those values and its reports."""
    reports: bool = False
    """Whether its buildspec writes test reports."""
    variables: Callable[[Surroundings], dict[str, Any]] = lambda _around: {}
    told: Mapping[str, str] = field(default_factory=dict)
    """Variables that the pipeline gives each build, from its execution."""
    takes: Sequence[str] = ()
    """The artifacts that it takes beside the source."""
    takes_source: bool = True
    """Not so for one whose buildspec is written into the template: no commit says what it does."""
    makes: str = ""
    """The artifact that it hands on; empty for none."""
    after_deployment: bool = False
    """Of the stage Deploy: whether it runs after the service was deployed, and not before."""

    @property
    def owner(self) -> str:
        """What the logical ids of its resources begin with."""
        return pascal(self.suffix)

    @property
    def inputs(self) -> Sequence[str]:
        """All artifacts that it is given."""
        return (SOURCE_ARTIFACT, *self.takes) if self.takes_source else self.takes


def _push(around: Surroundings) -> Sequence[Statement]:
    repository_arn = GetAtt(around.repository, "Arn")
    return [
        permissions.log_in_to_registry(),
        permissions.reuse_image(repository_arn),
        permissions.push_image(repository_arn),
        *([permissions.sign_images(profile)] if (profile := around.source.image_profile_arn) else []),
    ]


TEST = BuildAction(
    stage="Test",
    name="Test",
    suffix="test",
    purpose="Runs the tests of {service} on a real PostgreSQL",
    role_purpose="What the tests of {service} may do",
    settings=lambda delivery: delivery.test,
    reads=lambda service: [parameter.name for parameter in service.parameters],
    reports=True,
)
SECURE = BuildAction(
    stage="Test",
    name="Secure",
    suffix="secure",
    purpose="Checks the source of {service} for what would make it insecure",
    role_purpose="What the security checks of {service} may do",
    settings=lambda delivery: delivery.security.build,
    reports=True,
    variables=lambda around: {
        "SERVICE_FOLDER": around.service.delivered.folder,
        "ALLOWED_LICENCES": ";".join(around.service.delivered.security.licences),
        "NOT_SHIPPED": ";".join(around.service.delivered.security.not_shipped),
    },
    makes=SECURITY_ARTIFACT,
)
BAKE = BuildAction(
    stage="Build",
    name="bake",
    suffix="bake-image",
    purpose="Bakes the image of {service} and pushes it to its repository",
    role_purpose="What the baking of {service} may do",
    settings=lambda delivery: delivery.bake,
    reads=lambda _service: ["AWS_ACCOUNT_ID", "BACKEND_IMAGE_URL"],
    further_rights=_push,
    variables=lambda around: {
        "CONTAINER_NAME": around.service.name,
        "REPOSITORY_NAME": Ref(around.repository),
        "CACHE_TAG": CACHE_TAG,
    },
    makes=IMAGE_ARTIFACT,
)
CHECKS = (TEST, SECURE)
"""What must have succeeded of whatever is deployed."""
EXECUTION = {"PIPELINE_EXECUTION": "#{codepipeline.PipelineExecutionId}"}


def _attest(around: Surroundings) -> Sequence[Statement]:
    return [
        *_push(around),
        permissions.see_checks(around.pipeline),
        permissions.sign_attestations(around.key_arn),
        permissions.store_attestations(around.attestations),
    ]


def _look(around: Surroundings) -> Sequence[Statement]:
    scanned = around.service.delivered.admission.read_severity != "NONE"
    return [
        permissions.see_execution(around.pipeline),
        *([permissions.see_scan(GetAtt(around.repository, "Arn"))] if scanned else []),
        permissions.verify_attestations(around.key_arn),
        permissions.read_attestations(around.attestations),
    ]


def _place(around: Surroundings) -> dict[str, Any]:
    return {
        "PIPELINE_NAME": around.service.delivered.pipeline,
        "SIGNING_KEY": around.key_arn,
        "ATTESTATION_BUCKET": around.source.bucket_name,
        "ATTESTATION_FOLDER": folder_of_artifact(around.service.delivered.pipeline, ATTESTATIONS),
    }


ATTESTED_BAKE = replace(
    BAKE,
    further_rights=_attest,
    variables=lambda around: {
        **BAKE.variables(around),
        **_place(around),
        "SOURCE_REPOSITORY": around.project.repository.full_name,
    },
    told=EXECUTION,
    takes=(SECURITY_ARTIFACT,),
)
ADMIT = BuildAction(
    stage="Deploy",
    name="Admit",
    suffix="admit",
    purpose="Refuses to deploy what the bake of {service} did not attest",
    role_purpose="What may be looked at before {service} is deployed",
    settings=lambda delivery: delivery.admission.build,
    further_rights=_look,
    variables=lambda around: {
        "CONTAINER_NAME": around.service.name,
        "IMAGE_REPOSITORY": GetAtt(around.repository, "RepositoryUri"),
        **_place(around),
        "REQUIRED_CHECKS": ",".join(f"{one.stage}/{one.name}" for one in CHECKS),
        "BASE_IMAGES": ",".join(around.service.delivered.admission.base_images),
        "SERVICE_FOLDER": around.service.delivered.folder,
        "SEVERITY": around.service.delivered.admission.read_severity,
        "UNFIXED": "refuse" if around.service.delivered.admission.refuses_unfixed else "report",
    },
    told={**EXECUTION, "COMMIT": "#{SourceVariables.CommitId}"},
    takes=(IMAGE_ARTIFACT,),
)


MIGRATE = BuildAction(
    stage="Deploy",
    name="Migrate",
    suffix="migrate",
    purpose="Runs the migrations of {service} in a task of the new image",
    role_purpose="What the migrations of {service} may do: run one task beside the service",
    settings=migration.build,
    further_rights=lambda around: migration.rights(around.project, around.service, around.task_roles),
    variables=lambda around: migration.variables(around.project, around.service),
    takes=(IMAGE_ARTIFACT,),
    takes_source=False,
)
VERIFY = BuildAction(
    stage="Deploy",
    name="Verify",
    suffix="verify",
    purpose="Asks {service}, once it was deployed, what it must answer",
    role_purpose="What may be done to verify {service}: ask it, and report",
    settings=verification.build,
    further_rights=lambda around: verification.rights(around.project, around.service),
    reports=True,
    variables=lambda around: verification.variables(around.project, around.service, around.address),
    after_deployment=True,
)


PREPARE = BuildAction(
    stage="Deploy",
    name="Prepare",
    suffix="prepare",
    purpose="Writes the files from which CodeDeploy deploys {service}",
    role_purpose="What the files from which {service} is deployed are made of",
    settings=lambda _delivery: preparation.build(),
    further_rights=lambda _around: preparation.rights(),
    variables=lambda around: preparation.variables(around.service),
    takes=(IMAGE_ARTIFACT,),
    takes_source=False,
    makes=DEPLOYMENT_ARTIFACT,
)


def build_actions(service: Service) -> Sequence[BuildAction]:
    """Return them in the order in which they run.

    Those of one stage run side by side; those of the stage Deploy one after another, before or after the deployment.
    """
    delivered = service.delivered
    admitted = (ATTESTED_BAKE, ADMIT) if delivered.admission.required else (BAKE,)
    migrate, verify = (MIGRATE,) if delivered.migrations else (), (VERIFY,) if delivered.verification else ()
    prepare = (PREPARE,) if service.rollout.by_code_deploy else ()
    return (*CHECKS, *admitted, *migrate, *prepare, *verify)
