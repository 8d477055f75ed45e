"""What each kind of action of a pipeline needs, by its provider."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from buildspecs.shell import parse
from contracts.commands import Command
from contracts.permissions import of_commands
from contracts.permissions.implied import needs
from contracts.permissions.required import Requirement
from contracts.permissions.service_definitions import deployed_service, service_definition
from contracts.project_index import ProjectIndex
from system_model.conditions import UNKNOWN
from system_model.names import plain_name
from system_model.system import Resource, listed, mapping
from system_model.wording import OPEN

_HERE = "${AWS::Region}:${AWS::AccountId}"


class Action:
    """An action of ``pipeline``, its configuration resolved, and ``about``, which goes before each reason."""

    def __init__(self, pipeline: Resource, action: Mapping[str, Any], index: ProjectIndex) -> None:
        self.pipeline = pipeline
        self.index = index
        self.given = action
        self.about = f"in action {index.text(action.get('Name'), pipeline.stack)}, "
        self.provider = str(mapping(action.get("ActionTypeId")).get("Provider"))

    def text(self, key: str) -> str | None:
        """Return the text of a key of the configuration; None where it is not there."""
        given = mapping(self.given.get("Configuration")).get(key)
        found = self.index.text(given, self.pipeline.stack)
        # Variables of the pipeline are known when it runs.
        return OPEN if found is not None and "#{" in found else found

    def known(self, key: str) -> str:
        """Return the same, open where it is not there."""
        return self.text(key) or OPEN

    def needs(self, occasion: str, places: Mapping[str, str]) -> Iterator[Requirement]:
        """Return the needs of an occasion."""
        yield from needs(occasion, self.pipeline, places, about=self.about)


def of_action(action: Action) -> Iterable[Requirement]:
    """Return what an action needs besides its artifacts."""
    find = _NEEDS.get(action.provider)
    return find(action) if find else ()


def _arn(service: str, rest: str) -> str:
    return f"arn:${{AWS::Partition}}:{service}:{_HERE}:{rest}"


def _connection(action: Action) -> Iterator[Requirement]:
    places = {"connection": connection(action.text("ConnectionArn") or UNKNOWN, action.index)}
    yield from action.needs("Source CodeStarSourceConnection", places)


def connection(arn: str, index: ProjectIndex) -> str:
    """Return the ARN of a connection; of a template that stands alone, in whichever of its two spellings."""
    service = ":codeconnections:" if ":codeconnections:" in arn else ":codestar-connections:"
    return arn if index.system.whole else arn.replace(service, f":{OPEN}:")


def _build(action: Action) -> Iterator[Requirement]:
    occasion = "CodeBuild batch" if action.text("BatchEnabled") == "true" else "CodeBuild"
    yield from action.needs(occasion, {"project": _arn("codebuild", f"project/{action.known('ProjectName')}")})


def _code_commit(action: Action) -> Iterator[Requirement]:
    places = {"repository": _arn("codecommit", action.known("RepositoryName"))}
    is_clone = action.text("OutputArtifactFormat") == "CODEBUILD_CLONE_REF"
    yield from action.needs("Source CodeCommit clone" if is_clone else "Source CodeCommit", places)


def _image(action: Action) -> Iterator[Requirement]:
    yield from action.needs("Source ECR", {"repository": _arn("ecr", f"repository/{action.known('RepositoryName')}")})


def _s3(action: Action) -> Iterator[Requirement]:
    """Return what a source in S3 needs, or a deployment to it."""
    is_source = mapping(action.given.get("ActionTypeId")).get("Category") == "Source"
    yield from _object(action) if is_source else _bucket(action)


def _object(action: Action) -> Iterator[Requirement]:
    bucket = f"arn:${{AWS::Partition}}:s3:::{action.known('S3Bucket')}"
    yield from action.needs("Source S3", {"source bucket": bucket, "source object": f"{bucket}/{OPEN}"})


def _bucket(action: Action) -> Iterator[Requirement]:
    place = f"arn:${{AWS::Partition}}:s3:::{action.known('BucketName')}/{OPEN}"
    yield from action.needs("Deploy S3", {"target object": place})
    if action.text("CannedACL") is not None:
        yield from action.needs("Deploy S3 with ACL", {"target object": place})


def _rolling(action: Action) -> Iterator[Requirement]:
    cluster, service = action.text("ClusterName") or "default", action.text("ServiceName")
    definition = service_definition(service, action.index)
    family = None if definition is None else plain_name(definition, action.index.resolver)
    places = {
        "service": _arn("ecs", f"service/{cluster}/{service}"),
        "revisions": UNKNOWN if family is None else _arn("ecs", f"task-definition/{family}:*"),
    }
    yield from action.needs("Deploy ECS", places)
    yield from _passed(action, definition)


def _passed(action: Action, definition: Resource | None) -> Iterator[Requirement]:
    if definition is None:
        yield from action.needs("pass role unseen", {"role": UNKNOWN})
        return
    for name in ("TaskRoleArn", "ExecutionRoleArn"):
        role = action.index.text(definition.properties.get(name), definition.stack)
        if role is not None:
            yield from action.needs("pass role", {"role": role})


def _code_deploy(action: Action) -> Iterator[Requirement]:
    application, group = action.known("ApplicationName"), action.known("DeploymentGroupName")
    places = {
        "deployment group": _arn("codedeploy", f"deploymentgroup:{application}/{group}"),
        "application": _arn("codedeploy", f"application:{application}"),
        "deployment configuration": _arn("codedeploy", f"deploymentconfig:{OPEN}"),
    }
    yield from action.needs("Deploy CodeDeploy", places)
    if action.provider == "CodeDeployToECS":
        definition = service_definition(deployed_service(action.given, action.pipeline, action.index), action.index)
        family = None if definition is None else plain_name(definition, action.index.resolver)
        revisions = UNKNOWN if family is None else _arn("ecs", f"task-definition/{family}:*")
        yield from action.needs("Deploy CodeDeployToECS", {"revisions": revisions})
        yield from _passed(action, definition)


def _stack(action: Action) -> Iterator[Requirement]:
    places = {"stack": _arn("cloudformation", f"stack/{action.known('StackName')}/{OPEN}")}
    occasion = f"Deploy CloudFormation {action.text('ActionMode')}"
    if occasion in _MODES:
        yield from action.needs(occasion, places)
    role = action.text("RoleArn")
    if role is not None:
        yield from action.needs("pass role to CloudFormation", {"role": role})


_MODES = frozenset(
    f"Deploy CloudFormation {mode}"
    for mode in ("CREATE_UPDATE", "REPLACE_ON_FAILURE", "DELETE_ONLY", "CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE")
)


def _function(action: Action) -> Iterator[Requirement]:
    if mapping(action.given.get("ActionTypeId")).get("Category") == "Invoke":
        name = action.known("FunctionName")
        yield from action.needs("Invoke Lambda", {"function": _arn("lambda", f"function:{name}")})


def _machine(action: Action) -> Iterator[Requirement]:
    machine = action.known("StateMachineArn")
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{OPEN}" if machine != OPEN else UNKNOWN
    yield from action.needs("Invoke StepFunctions", {"state machine": machine, "state machine execution": execution})


def _approval(action: Action) -> Iterator[Requirement]:
    topic = action.text("NotificationArn")
    if topic is None:
        return
    yield from action.needs("announcement", {"topic": topic})
    index = action.index
    made = index.named("AWS::SNS::Topic", topic)
    key = None if made is None else index.text(made.properties.get("KmsMasterKeyId"), made.stack)
    if key is not None and not key.startswith("alias/aws/"):
        named = index.named("AWS::KMS::Key", key)
        arn = key if named is None else index.text({"Fn::GetAtt": [named.logical_id, "Arn"]}, named.stack)
        yield from action.needs("announcement key", {"key": arn or key})


def _commands(action: Action) -> Iterator[Requirement]:
    """Return what a Commands action needs: it logs, and its commands run under the action's role."""
    yield from _log(action)
    texts = [action.index.text(one, action.pipeline.stack) for one in listed(action.given.get("Commands"))]
    found = [Command(one, "it", {}) for text in texts if text for one in parse(text).commands]
    yield from of_commands.needs(action.pipeline, found, action.index, action.about)


def _image_build(action: Action) -> Iterator[Requirement]:
    yield from _log(action)
    if action.text("RegistryType") != "public":
        repository = _arn("ecr", f"repository/{action.known('ECRRepositoryName')}")
        yield from action.needs("Build ECRBuildAndPublish", {"repository": repository})


def _inspection(action: Action) -> Iterator[Requirement]:
    yield from _log(action)
    yield from action.needs("Invoke InspectorScan", {})
    if action.text("InspectorRunMode") == "ECRImageScan":
        repository = _arn("ecr", f"repository/{action.known('ECRRepositoryName')}")
        yield from action.needs("Invoke InspectorScan image", {"repository": repository})


def _log(action: Action) -> Iterator[Requirement]:
    """Return what an action needs that runs on CodePipeline's machines: its log, which a template makes or it does."""
    group = f"/aws/codepipeline/{plain_name(action.pipeline, action.index.resolver)}"
    places = {"streams": _arn("logs", f"log-group:{group}:log-stream:STREAM")}
    yield from action.needs("Compute Commands", places)
    if action.index.named("AWS::Logs::LogGroup", group) is None:
        yield from action.needs("log group", places)


_NEEDS: Mapping[str, Callable[[Action], Iterator[Requirement]]] = {
    "CodeStarSourceConnection": _connection,
    "CodeCommit": _code_commit,
    "ECR": _image,
    "S3": _s3,
    "CodeBuild": _build,
    "ECRBuildAndPublish": _image_build,
    "Commands": _commands,
    "ECS": _rolling,
    "CodeDeploy": _code_deploy,
    "CodeDeployToECS": _code_deploy,
    "CloudFormation": _stack,
    "InspectorScan": _inspection,
    "Lambda": _function,
    "StepFunctions": _machine,
    "Manual": _approval,
}
