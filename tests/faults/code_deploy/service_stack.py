"""A stack with a service of real containers that CodeDeploy deploys, and its deployments by the AWS CLI."""

import json
from dataclasses import dataclass
from typing import Any

from tests.faults.shifting_service import template
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator, administrator_key
from tests.support.waiting import until

RIGHTS = [
    "cloudwatch:DescribeAlarms",
    "ecs:CreateTaskSet",
    "ecs:DeleteTaskSet",
    "ecs:DescribeServices",
    "ecs:UpdateServicePrimaryTaskSet",
    "elasticloadbalancing:Describe*",
    "elasticloadbalancing:ModifyRule",
    "lambda:InvokeFunction",
    "s3:GetObject",
]
CANARY = {
    "Type": "TimeBasedCanary",
    "TimeBasedCanary": {"CanaryPercentage": 20, "CanaryInterval": 2},
}
LINEAR = {"Type": "TimeBasedLinear", "TimeBasedLinear": {"LinearPercentage": 40, "LinearInterval": 1}}
AT_ONCE = {"Type": "AllAtOnce"}
ALL_EVENTS = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]


def code_deploy_template(
    name: str, routing: dict[str, Any], *, ready_minutes: int = 0, end_minutes: int = 1, rights: list[str] | None = None
) -> dict[str, Any]:
    """Make the service in its first version, and what CodeDeploy needs to deploy it."""
    made = template(name, "1", {})
    resources = made["Resources"]
    del resources["TestRule"], resources["Infrastructure"]
    running = resources["Service"]
    running["DependsOn"] = ["Rule", "Definition"]
    # A family has no revision that an update of the stack would change.
    running["Properties"] |= {"TaskDefinition": name, "DeploymentController": {"Type": "CODE_DEPLOY"}}
    del running["Properties"]["DeploymentConfiguration"]
    trust = {"Effect": "Allow", "Principal": {"Service": "codedeploy.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": rights or RIGHTS, "Resource": "*"}
    ready: dict[str, Any] = {"ActionOnTimeout": "CONTINUE_DEPLOYMENT", "WaitTimeInMinutes": 0}
    if ready_minutes:
        ready = {"ActionOnTimeout": "STOP_DEPLOYMENT", "WaitTimeInMinutes": ready_minutes}
    ended = {"Action": "TERMINATE", "TerminationWaitTimeInMinutes": end_minutes}
    groups = [{"Name": {"Fn::GetAtt": [group, "TargetGroupName"]}} for group in ("Blue", "Green")]
    properties = {
        "ApplicationName": {"Ref": "Application"},
        "DeploymentGroupName": name,
        "DeploymentConfigName": {"Ref": "Configuration"},
        "ServiceRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "DeploymentStyle": {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
        "ECSServices": [{"ClusterName": {"Ref": "Cluster"}, "ServiceName": {"Fn::GetAtt": ["Service", "Name"]}}],
        "LoadBalancerInfo": {
            "TargetGroupPairInfoList": [
                {"TargetGroups": groups, "ProdTrafficRoute": {"ListenerArns": [{"Ref": "Listener"}]}}
            ]
        },
        "BlueGreenDeploymentConfiguration": {
            "DeploymentReadyOption": ready,
            "TerminateBlueInstancesOnDeploymentSuccess": ended,
        },
        "AlarmConfiguration": {"Enabled": True, "Alarms": [{"Name": {"Ref": "Alarm"}}]},
        "AutoRollbackConfiguration": {"Enabled": True, "Events": ALL_EVENTS},
    }
    more: dict[str, Any] = {
        "Role": (
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": {"Statement": [trust]},
                "Policies": [{"PolicyName": "deploy", "PolicyDocument": {"Statement": [allowed]}}],
            },
        ),
        "Application": ("AWS::CodeDeploy::Application", {"ApplicationName": name, "ComputePlatform": "ECS"}),
        "Configuration": (
            "AWS::CodeDeploy::DeploymentConfig",
            {"ComputePlatform": "ECS", "DeploymentConfigName": name, "TrafficRoutingConfig": routing},
        ),
        "Group": ("AWS::CodeDeploy::DeploymentGroup", properties),
    }
    resources |= {key: {"Type": kind, "Properties": properties} for key, (kind, properties) in more.items()}
    return made


@dataclass
class CodeDeployService:
    """The service that a stack makes; deployments are made and looked at by the AWS CLI."""

    stack: StackDriver

    def __post_init__(self) -> None:
        self.ecs = administrator(self.stack.aws, "ecs")
        self._key = administrator_key(self.stack.aws)

    @property
    def address(self) -> str:
        return f"http://{self.stack.outputs()['Name']}/x"

    def ask(self, *words: str) -> Any:
        """Run the AWS CLI as the administrator; give what it shows."""
        done = self.refused(*words)
        assert done[0] == 0, done[1]
        return json.loads(done[1]) if done[1].strip() else None

    def refused(self, *words: str) -> tuple[int, str]:
        """Run the AWS CLI as the administrator; give its exit code and what it says."""
        done = self.stack.aws.command(*words, key=self._key)
        return done.returncode, done.stderr if done.returncode else done.stdout

    def revision(self, version: str, *, sick: bool = False) -> dict[str, Any]:
        """Return the members of a revision of a version."""
        found = self.ecs.describe_task_definition(taskDefinition=self.stack.name)["taskDefinition"]
        accepted = ("family", "memory", "networkMode", "containerDefinitions")
        members = {name: found[name] for name in accepted if name in found}
        for variable in members["containerDefinitions"][0]["environment"]:
            told = {"VERSION": version, "SICK": "yes" if sick else "no"}
            variable["value"] = told.get(variable["name"], variable["value"])
        return members

    def definition(self, version: str, *, sick: bool = False) -> str:
        """Register a revision of a version; give its ARN."""
        members = self.revision(version, sick=sick)
        return str(self.ecs.register_task_definition(**members)["taskDefinition"]["taskDefinitionArn"])

    def deploy(self, definition: str, *more: str) -> str:
        """Have CodeDeploy deploy a revision; give the deployment's id."""
        revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": app_spec(definition)}}
        named = ("--application-name", self.stack.name, "--deployment-group-name", self.stack.name)
        words = ("deploy", "create-deployment", *named, "--revision", json.dumps(revision), *more)
        return str(self.ask(*words)["deploymentId"])

    def told(self, deployment: str) -> Any:
        """Return what GetDeployment tells."""
        client = self.stack.aws.client("codedeploy", self._key)
        return client.get_deployment(deploymentId=deployment)["deploymentInfo"]

    def target(self, deployment: str) -> Any:
        """Return what GetDeploymentTarget tells."""
        client = self.stack.aws.client("codedeploy", self._key)
        (target,) = client.list_deployment_targets(deploymentId=deployment)["targetIds"]
        return client.get_deployment_target(deploymentId=deployment, targetId=target)["deploymentTarget"]["ecsTarget"]

    def wait_for(self, deployment: str, *statuses: str) -> None:
        """Wait until a deployment has one of these statuses."""
        until(lambda: self.told(deployment)["status"] in statuses, f"{deployment} in {statuses}")

    def wait_for_share(self, deployment: str, share: float) -> None:
        """Wait until the new task set has that share of the traffic, in percent."""
        until(
            lambda: share in [one["trafficWeight"] for one in self.target(deployment)["taskSetsInfo"][:1]],
            f"{share} % of the traffic",
        )


def app_spec(definition: str) -> str:
    """Write the AppSpec of a deployment."""
    balanced = {"ContainerName": "main", "ContainerPort": 8080}
    properties = {"TaskDefinition": definition, "LoadBalancerInfo": balanced}
    return json.dumps({"version": 0.0, "Resources": [{"It": {"Type": "AWS::ECS::Service", "Properties": properties}}]})
