"""The full name of a target group, as dimensions of metrics have it; MiniStack leaves its beginning out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html
"""

from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, around_each_change

_TYPE, _ATTRIBUTE, _KIND = "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName", "targetgroup/"


def name_in_full() -> None:
    """Have ``Fn::GetAtt`` of a target group's full name be ``targetgroup/NAME/ID``."""
    around_each_change(_named)


def _named(change: Change, make: Make) -> Made:
    arn, attributes = make()
    if change.resource_type == _TYPE:
        attributes = {**attributes, _ATTRIBUTE: f"{_KIND}{arn.partition(f':{_KIND}')[2]}"}
    return arn, attributes
