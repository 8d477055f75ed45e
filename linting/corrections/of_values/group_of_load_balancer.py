"""E1040: cfn-lint does not take the name of a Classic Load Balancer's own security group for the name of one.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancing-loadbalancer.html
"""

from linting.corrections.document import Document
from reporting.findings import Finding

IDS = ("E1040",)


def corrected(finding: Finding, document: Document) -> Finding | None:
    return None if "SourceSecurityGroup.GroupName'" in finding.sentence else finding
