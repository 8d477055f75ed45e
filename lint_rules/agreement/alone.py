"""One template of anybody's as contracts read it, once for each way in which its conditions can turn out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from cfnlint.template.template import Template

from lint_rules.model.decided import decided
from lint_rules.model.template import views

if TYPE_CHECKING:
    from contracts.project_index import ProjectIndex

TYPES = (
    "AWS::CodeBuild::Project",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::CodePipeline::Pipeline",
    "AWS::EC2::Route",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::ECR::Repository",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::Lambda::Function",
    "AWS::Scheduler::Schedule",
)
"""The types whose conditions are decided."""
_ACTING = frozenset(
    kind for kind in TYPES if not kind.startswith(("AWS::EC2::", "AWS::ECR::", "AWS::IAM::", "AWS::Lambda::"))
)
_READ = {"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen", "AWS::SecretsManager"}
"""Transforms that add nothing to what is looked at here; others may add anything."""

_indexes: WeakKeyDictionary[Template, Sequence["ProjectIndex"]] = WeakKeyDictionary()


def indexes(cfn: Template) -> Sequence["ProjectIndex"]:
    """Return the template as an index for each outcome of its conditions; none for one in which nothing acts."""
    if cfn not in _indexes:
        _indexes[cfn] = list(_read(cfn)) if _is_read(cfn.template) else []
    return _indexes[cfn]


def _is_read(template: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    """Whether the template has what is looked at, and all of it stands there."""
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    if not isinstance(resources, Mapping) or any(str(name).startswith("Fn::") for name in resources):
        return False
    given = template.get("Transform")
    transforms = given if isinstance(given, list) else [given] if given is not None else []
    if any(not isinstance(one, str) or one not in _READ for one in transforms):
        return False
    return any(isinstance(one, Mapping) and str(one.get("Type")) in _ACTING for one in resources.values())


def _read(cfn: Template) -> Iterator["ProjectIndex"]:
    # These take longer to import than all of cfn-lint's own look at most templates.
    from contracts.project_index import ProjectIndex  # noqa: PLC0415
    from system_model.repository import Repository  # noqa: PLC0415
    from system_model.system import of_templates  # noqa: PLC0415

    repository = Repository(Path(cfn.filename or "template").parent)
    for view in views(cfn, *TYPES):
        template = decided(cfn.template, view.choices)
        yield ProjectIndex(of_templates({"": template}, repository, whole=False))


def trimmed(template: Any, place: str) -> list[str | int]:  # noqa: ANN401 - the same
    """Return the path that a finding's place names, as far as the template has it."""
    path: list[str | int] = []
    for part in place.split("/"):
        step = int(part) if isinstance(template, list) and part.isdigit() else part
        try:
            template = template[step]
        except (IndexError, KeyError, TypeError):
            break
        path.append(step)
    return path
