"""What the things of a service are called, for the words of `near_misses.toml`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aws_facts.codepipeline import folder_of_pipeline
from proofs.policies.build import Build, Template, pipelines_of

Resources = list[tuple[str, Mapping[str, Any]]]


def names_of_service(templates: Mapping[str, Template], stack: str) -> dict[str, str]:
    """Return the names of the service that ``stack`` runs or releases; of the first one for what all share."""
    build = Build(templates)
    found = [_Service(build, templates, releasing, name) for releasing, name in pipelines_of(templates).items()]
    own = [one for one in found if stack in (one.releasing, one.running)]
    return (own or found)[0].names() if found else {}


class _Service:
    def __init__(self, build: Build, templates: Mapping[str, Template], releasing: str, pipeline: str) -> None:
        self._build, self._templates = build, templates
        self.releasing, self._pipeline = releasing, pipeline
        (_, resource), *_ = self._of(releasing, "AWS::CodePipeline::Pipeline")
        stages = build.resolved(releasing, resource["Stages"])
        deploys = [action for stage in stages for action in stage["Actions"]]
        self._cluster, self._service = next(self._deployed(deploys), ("", pipeline))
        self.running = next(self._running(), "")

    def _of(self, stack: str, kind: str) -> Resources:
        resources = self._templates[stack]["Resources"] if stack else {}
        return [(name, one["Properties"]) for name, one in resources.items() if one["Type"] == kind]

    def _deployed(self, actions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        """Return cluster and name of what is deployed, by ECS itself or by a deployment group of CodeDeploy."""
        for action in actions:
            told = action.get("Configuration", {})
            if action["ActionTypeId"]["Provider"] == "ECS":
                yield str(told["ClusterName"]), str(told["ServiceName"])
            if action["ActionTypeId"]["Provider"] == "CodeDeployToECS":
                yield from self._in_stack_of_group(told["DeploymentGroupName"])

    def _in_stack_of_group(self, group: str) -> Iterator[tuple[str, str]]:
        for stack in self._templates:
            groups = self._of(stack, "AWS::CodeDeploy::DeploymentGroup")
            if group in [self._build.resolved(stack, one["DeploymentGroupName"]) for _, one in groups]:
                for _, service in self._of(stack, "AWS::ECS::Service"):
                    named = self._build.resolved(stack, service["ServiceName"])
                    yield str(self._build.resolved(stack, service["Cluster"])), str(named)

    def _running(self) -> Iterator[str]:
        for stack in self._templates:
            for _, service in self._of(stack, "AWS::ECS::Service"):
                if self._build.resolved(stack, service.get("ServiceName")) == self._service:
                    yield stack

    def names(self) -> dict[str, str]:
        """Return word to name."""
        values = [self._build.resolved(self.releasing, one["Name"]) for _, one in self._parameters(self.releasing)]
        parameters = str(values[0]).rpartition("/")[0]
        projects = [str(self._build.resolved(self.releasing, one["Name"])) for _, one in self._projects()]
        return {
            "pipeline": folder_of_pipeline(self._pipeline),
            "pipeline_name": self._pipeline,
            "cluster": self._cluster,
            "service": self._service,
            "parameters": parameters,
            "secret": next(self._secrets(), f"{parameters}/A_SECRET"),
            "family": next(self._families(), self._service),
            "pull_request_project": f"{projects[0].rpartition('-')[0]}-pull-request",
            **self._roles(),
        }

    def _parameters(self, stack: str) -> Resources:
        return self._of(stack, "AWS::SSM::Parameter")

    def _projects(self) -> Resources:
        return [one for one in self._of(self.releasing, "AWS::CodeBuild::Project") if one[0] == "TestProject"]

    def _definitions(self) -> Resources:
        return self._of(self.running, "AWS::ECS::TaskDefinition")

    def _families(self) -> Iterator[str]:
        for _, definition in self._definitions():
            yield str(self._build.resolved(self.running, definition["Family"]))

    def _secrets(self) -> Iterator[str]:
        """Return what a container reads from Parameter Store and no stack makes."""
        made = {
            self._build.resolved(stack, one["Name"]) for stack in self._templates for _, one in self._parameters(stack)
        }
        for _, definition in self._definitions():
            for container in definition["ContainerDefinitions"]:
                for secret in container.get("Secrets", []):
                    name = str(self._build.resolved(self.running, secret["ValueFrom"])).partition(":parameter")[2]
                    if name not in made:
                        yield name

    def _roles(self) -> dict[str, str]:
        """Return the ARNs of what a task is and of what starts it, whatever their logical ids begin with."""
        return {
            word: str(self._build.resolved(self.running, {"Fn::GetAtt": [name, "Arn"]}))
            for name, _ in self._of(self.running, "AWS::IAM::Role")
            for word in ("TaskRole", "ExecutionRole")
            if name.endswith(word)
        }
