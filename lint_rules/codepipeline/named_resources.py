"""What actions name, held against that very resource of the template."""

from collections.abc import Iterator

from aws_facts import facts
from lint_rules.codepipeline.structure import PIPELINE, Action, ActionRule, actions, is_plain
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

PROJECT = "AWS::CodeBuild::Project"


class BatchBuild(Rule):
    id = "E9145"
    shortdesc = "A build action with BatchEnabled needs a project with a BuildBatchConfig"
    description = (
        "CodeBuild refuses to start a batch of a project that has no BuildBatchConfig with a service role, so the "
        "action fails in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-batch.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            batch = action.configuration["BatchEnabled"]
            if action.provider == "CodeBuild" and batch.flag:
                project = template.referred(action.configuration["ProjectName"], PROJECT, name="Name")
                if project is not None and project["BuildBatchConfig"].absent and is_plain(project.properties):
                    yield fault(batch, f"{project.logical_id} has no BuildBatchConfig. Add one with a ServiceRole.")


SERVICE = "AWS::ECS::Service"


class DeploymentController(Rule):
    id = "E9146"
    shortdesc = "An ECS action needs a service with the deployment controller ECS"
    description = (
        "An ECS action updates the service itself, which ECS refuses for a service whose controller is "
        "CODE_DEPLOY or EXTERNAL; the action CodeDeployToECS is for the former."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentController.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            name = action.configuration["ServiceName"]
            service = template.referred(name, SERVICE, name="ServiceName") if action.provider == "ECS" else None
            controller = service["DeploymentController"]["Type"].text if service else None
            if service and controller not in {None, "ECS"}:
                remedy = "Use the provider CodeDeployToECS, or the controller ECS."
                yield fault(name, f"{service.logical_id} has the deployment controller {controller}. {remedy}")


BUCKET = "AWS::S3::Bucket"


class SourceBucket(Rule):
    id = "E9144"
    shortdesc = "The bucket of an S3 source action must have versioning"
    description = (
        "An S3 source action reads a version of its object, and fails in every execution if the bucket keeps none."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            if action.kind and action.kind["source"].endswith("-S3.html"):
                name = action.configuration["S3Bucket"]
                bucket = template.referred(name, BUCKET, name="BucketName")
                status = bucket["VersioningConfiguration"]["Status"] if bucket else None
                if bucket and status is not None and (status.absent or status.text == "Suspended"):
                    yield fault(
                        name, f"{bucket.logical_id} keeps no versions. Set its VersioningConfiguration to Enabled."
                    )


class NameInConfiguration(Rule):
    id = "E9156"
    shortdesc = "An action names its repository or bucket"
    description = (
        "An action looks for its repository or bucket by name. What Ref and Fn::GetAtt return is the name for some "
        "resources, and an id, an ARN or an address for others, by which nothing is found."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            for key, known in facts("codepipeline_names").get(action.provider, {}).items():
                value = action.configuration[key]
                resource = template.referred(value, known["type"])
                given = known["wrong"].get(_attribute(value)) if resource else None
                if resource and given:
                    right = f"{known['right'].removesuffix(' Name')} {resource.logical_id}"
                    right += ".Name" if known["right"].endswith(" Name") else ""
                    yield fault(value, f"{key} takes a name, and this is {given}. Write {right}.")


def _attribute(value: Node) -> str:
    """Return the attribute that a function asks for, or Ref."""
    named = value.arguments.strip("${}") if isinstance(value.arguments, str) and value.function == "Fn::Sub" else ""
    return value.attribute[1] if value.attribute else named.partition(".")[2] or "Ref"


MOVING = {"latest", "main", "master", "dev", "develop", "staging", "stable", "prod", "production"}


class InspectedTag(ActionRule):
    id = "W9161"
    shortdesc = "The image that is scanned is the one of this execution"
    description = (
        "InspectorScan takes an image by its tag. One that moves may be on another image by then, so that what was "
        "scanned is not what is deployed. A variable of the build names the tag of this execution: "
        "#{Build.IMAGE_TAG}."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-InspectorScan.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        tag = action.configuration["ImageTag"]
        if action.provider == "InspectorScan" and tag.text in MOVING:
            yield fault(tag, f"The tag {tag.text} moves. Name the image of this execution by a variable.")
