"""Puts the parts that a stack's module made into one template: grouped parameters, and the same tags everywhere.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, Output, Parameter, Tags, Template

from templates_src.names import kebab, refuse_repeated

NAMED_BY_TAG = "AWS::EC2::"
"""What the EC2 console lists has no name but its tag ``Name``."""


def tag(resources: Iterable[AWSObject], application: str) -> None:
    """Tag each of ``resources`` that has a property for it, unless its module did."""
    for resource in resources:
        if "Tags" not in resource.props or "Tags" in resource.properties:
            continue
        tags = {"application": application}
        if str(resource.resource_type).startswith(NAMED_BY_TAG):
            tags["Name"] = f"{application}-{kebab(str(resource.title))}"
        # Some services take a map of tags, most take a list of pairs.
        resource.Tags = tags if resource.props["Tags"][0] is dict else Tags(**tags)


@dataclass(frozen=True)
class Group:
    """Parameters that are asked for together, each with the question that stands beside its field."""

    label: str
    questions: Mapping[str, Parameter]


def interface(groups: Sequence[Group]) -> dict[str, Any]:
    """Return the ``AWS::CloudFormation::Interface`` of a template whose parameters are those of ``groups``."""
    return {
        "ParameterGroups": [
            {
                "Label": {"default": group.label},
                "Parameters": [parameter.title for parameter in group.questions.values()],
            }
            for group in groups
        ],
        "ParameterLabels": {
            parameter.title: {"default": question}
            for group in groups
            for question, parameter in group.questions.items()
        },
    }


MADE_FROM = "config/system.toml, by make templates: change it there, not here"


def assemble(
    *,
    description: str,
    application: str,
    resources: Iterable[AWSObject],
    outputs: Iterable[Output],
    groups: Sequence[Group] = (),
    conditions: Mapping[str, AWSHelperFn] | None = None,
    rules: Mapping[str, object] | None = None,
) -> Template:
    """Make the template of a stack; two parts under one logical id raise ``RepeatedLogicalIdError``.

    Parameters and resources share their logical ids, outputs have their own.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
    """
    resources, outputs = list(resources), list(outputs)
    asked = [parameter for group in groups for parameter in group.questions.values()]
    refuse_repeated(description, [str(part.title) for part in (*asked, *resources)])
    refuse_repeated(description, [str(output.title) for output in outputs])
    template = Template(Description=description)
    template.set_version("2010-09-09")
    shown = {"AWS::CloudFormation::Interface": interface(groups)} if groups else {}
    template.set_metadata({"MadeFrom": MADE_FROM, **shown})
    template.add_parameter(asked)
    for name, condition in (conditions or {}).items():
        template.add_condition(name, condition)
    for name, rule in (rules or {}).items():
        template.add_rule(name, rule)
    tag(resources, application)
    for resource in resources:
        template.add_resource(resource)
    template.add_output(outputs)
    return template
