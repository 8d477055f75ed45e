"""E1041: cfn-lint wants the ARN of a task's roles; ECS takes a role's short name, which is its ``Ref``, too.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E1041",)
ROLES = ("TaskRoleArn", "ExecutionRoleArn")


def corrected(finding: Finding, document: Document) -> Finding | None:
    *above, name = [step for step in finding.place.split("/") if step != "Ref"]
    resource = document.at("/".join(above[:2]))
    of_task = isinstance(resource, dict) and resource.get("Type") == "AWS::ECS::TaskDefinition"
    return None if of_task and name in ROLES and "AWS::IAM::Role.Arn" in finding.sentence else finding
