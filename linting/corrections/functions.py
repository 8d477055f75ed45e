"""Functions of CloudFormation where an engine wants a value, or another function."""

import re
from collections.abc import Mapping

from linting.corrections.correction import about, warning
from linting.corrections.document import Document, is_decided_later
from reporting.findings import Finding


@about("E3050")
def attribute_for_reference(finding: Finding, document: Document) -> Finding | None:
    """E3050: the validator takes the ARN of a role, by ``Fn::GetAtt``, for a ``Ref``."""
    value = document.at(finding.place)
    return None if isinstance(value, Mapping) and "Ref" not in value else finding


@about("E9006")
def enumeration_of_other(finding: Finding, document: Document) -> Finding | None:
    """E9006: the validator pairs each value that a function can come to with each of another property.

    An engine's version that is looked up by the engine in a mapping is held against the versions of every other engine.
    """
    return finding if isinstance(document.at(finding.place), str) else None


NO_ZONES = "'Fn::GetAZs' is not supported as an argument to 'Fn::Join'"


@about("E1022")
def zones_in_join(finding: Finding, document: Document) -> Finding | None:
    """E1022: cfn-lint does not know that ``Fn::Join`` takes the list that ``Fn::GetAZs`` makes.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html
    """
    return None if finding.sentence == NO_ZONES else finding


NO_OBJECT = "Fn::If branch in CreationPolicy must be an object, got Ref"


@about("F1101")
def policy_without_value(finding: Finding, document: Document) -> Finding | None:
    """F1101: the validator takes no ``AWS::NoValue`` for a branch of a ``CreationPolicy``; CloudFormation does."""
    nothing = document.at(finding.place) == {"Ref": "AWS::NoValue"}
    return None if finding.sentence == NO_OBJECT and nothing else finding


@about("E1040")
def group_of_load_balancer(finding: Finding, document: Document) -> Finding | None:
    """E1040: cfn-lint does not take the name of a Classic Load Balancer's own security group for the name of one.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancing-loadbalancer.html
    """
    return None if "SourceSecurityGroup.GroupName'" in finding.sentence else finding


OF_SHELL = re.compile(r"\$\{\w+\}")
COMMANDS = {"BuildSpec", "Command", "EntryPoint"}


@about("E1029")
def text_of_a_shell(finding: Finding, document: Document) -> Finding | None:
    """E1029: cfn-lint takes ``${NAME}`` outside Fn::Sub for an error; CloudFormation passes it on as it is written.

    In a buildspec and a container's command it is a variable of the shell, and descriptions are for people; anywhere
    else it is likely to be a mistake, which nothing refuses.
    """
    steps = finding.place.split("/")
    if steps[-1] == "Description" or (COMMANDS & set(steps) and OF_SHELL.search(finding.sentence)):
        return None
    return warning(finding, finding.sentence)


TRANSFORM = "Fn::Transform"


@about("F1101", "F3002", "F3003")
def list_of_transforms(finding: Finding, document: Document) -> Finding | None:
    """F1101, F3002 and F3003: the validator does not know all places of ``Fn::Transform``, nor that it takes a list.

    What stands beside it in a mapping, the macro gives.
    """
    value = document.at(finding.place.removesuffix(f"/{TRANSFORM}"))
    if finding.id != "F1101":
        return None if isinstance(value, dict) and TRANSFORM in value else finding
    value = document.at(finding.place)
    macros = value if TRANSFORM in finding.sentence and isinstance(value, list) else []
    return None if macros and all(isinstance(one, dict) and "Name" in one for one in macros) else finding


WAIT_CONDITION = "AWS::CloudFormation::WaitCondition"
OF_OTHER_TYPE = re.compile(r"is not of type 'string'|returns (?:type )?'object', ")
DATA = re.compile(r"\['(\w+)', 'Data'\]|'(\w+)\.Data'|GetAtt (\w+)\.Data\b")


@about()
def data_of_wait_condition(finding: Finding, document: Document) -> Finding | None:
    """E1010, E6101, F3012 and others: both engines take the ``Data`` of a wait condition, JSON text, for an object.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
    """
    named = DATA.search(finding.sentence) if OF_OTHER_TYPE.search(finding.sentence) else None
    if named is None:
        return finding
    resource = document.at(f"Resources/{named[1] or named[2] or named[3]}")
    is_wait = isinstance(resource, Mapping) and resource.get("Type") == WAIT_CONDITION
    return None if is_wait else finding


OF_VALUES = ("E3", "F3", "E90")
"""How the ids begin of rules about values."""


@about()
def decided_by_condition(finding: Finding, document: Document) -> Finding | None:
    """Drop what the validator says of a value that an ``Fn::If`` decides: it looks at each branch by itself.

    cfn-lint, which looks at the same rules, follows the conditions.
    """
    of_value = finding.id.startswith(OF_VALUES)
    return None if of_value and is_decided_later(document.at(finding.place)) else finding
