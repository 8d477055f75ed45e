"""Resource names of things that a template names before, or without, making them.

Each takes partition, region and account from where the stack is deployed.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from troposphere import Sub

_PLACE = "${AWS::Region}:${AWS::AccountId}"


def build_project(name: str) -> Sub:
    """Name a CodeBuild project."""
    return Sub(f"arn:${{AWS::Partition}}:codebuild:{_PLACE}:project/{name}")


def pipeline(name: str) -> Sub:
    """Name a pipeline of CodePipeline."""
    return Sub(f"arn:${{AWS::Partition}}:codepipeline:{_PLACE}:{name}")


def role(name: str) -> Sub:
    """Name a role."""
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}")


def report_groups(project_name: str) -> Sub:
    """Name every report group that builds of that project make; CodeBuild begins their names with the project's."""
    return Sub(f"arn:${{AWS::Partition}}:codebuild:{_PLACE}:report-group/{project_name}-*")


def log_streams(group_name: str) -> Sub:
    """Name a log group's streams; making one and writing to it are allowed in this form of the group's ARN alone.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    return Sub(f"arn:${{AWS::Partition}}:logs:{_PLACE}:log-group:{group_name}:*")


def repository(name: str) -> Sub:
    """Name an ECR repository."""
    return Sub(f"arn:${{AWS::Partition}}:ecr:{_PLACE}:repository/{name}")


def parameter(path: str) -> Sub:
    """Name a parameter of Parameter Store; ``path`` begins with a slash."""
    return Sub(f"arn:${{AWS::Partition}}:ssm:{_PLACE}:parameter{path}")


def function(name: str) -> Sub | str:
    """Name a Lambda function, which the settings may give as an ARN already."""
    return name if name.startswith("arn:") else Sub(f"arn:${{AWS::Partition}}:lambda:{_PLACE}:function:{name}")


def ecs_service(cluster: str, name: str) -> Sub:
    """Name a service of an ECS cluster."""
    return Sub(f"arn:${{AWS::Partition}}:ecs:{_PLACE}:service/{cluster}/{name}")


def task_sets(cluster: str, service: str) -> Sub:
    """Name every task set of a service that CodeDeploy deploys."""
    return Sub(f"arn:${{AWS::Partition}}:ecs:{_PLACE}:task-set/{cluster}/{service}/*")


def deployment_application(name: str) -> Sub:
    """Name an application of CodeDeploy."""
    return Sub(f"arn:${{AWS::Partition}}:codedeploy:{_PLACE}:application:{name}")


def deployment_group(application: str, name: str) -> Sub:
    """Name a deployment group of CodeDeploy."""
    return Sub(f"arn:${{AWS::Partition}}:codedeploy:{_PLACE}:deploymentgroup:{application}/{name}")


def deployment_configurations() -> Sub:
    """Name every deployment configuration of CodeDeploy: CloudFormation chooses the name."""
    return Sub(f"arn:${{AWS::Partition}}:codedeploy:{_PLACE}:deploymentconfig:*")


def ecs_cluster(name: str) -> Sub:
    """Name an ECS cluster."""
    return Sub(f"arn:${{AWS::Partition}}:ecs:{_PLACE}:cluster/{name}")


def tasks_of(cluster: str) -> Sub:
    """Name every task of an ECS cluster: ECS makes up their ids."""
    return Sub(f"arn:${{AWS::Partition}}:ecs:{_PLACE}:task/{cluster}/*")


def log_streams_of(group_name: str, prefix: str) -> Sub:
    """Name the streams of a log group that tasks write under a prefix."""
    return Sub(f"arn:${{AWS::Partition}}:logs:{_PLACE}:log-group:{group_name}:log-stream:{prefix}/*")


def task_definitions(family: str) -> Sub:
    """Name every revision of a task definition."""
    return Sub(f"arn:${{AWS::Partition}}:ecs:{_PLACE}:task-definition/{family}:*")


def ecs_tasks() -> Sub:
    """Name everything of ECS in the account: a trust can't name a single cluster.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    return Sub(f"arn:${{AWS::Partition}}:ecs:{_PLACE}:*")
