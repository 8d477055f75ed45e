"""Puts the parts that a stack's module made into one template."""

from collections.abc import Iterable, Mapping, Sequence

from troposphere import AWSHelperFn, AWSObject, Output, Template

from templates_src.interface import Group, interface
from templates_src.tagging import tag


def assemble(
    *,
    description: str,
    application: str,
    resources: Iterable[AWSObject],
    outputs: Iterable[Output],
    groups: Sequence[Group] = (),
    conditions: Mapping[str, AWSHelperFn] | None = None,
) -> Template:
    """Make the template of a stack; two parts under one logical id raise ``ValueError``."""
    template = Template(Description=description)
    template.set_version("2010-09-09")
    if groups:
        template.set_metadata({"AWS::CloudFormation::Interface": interface(groups)})
        template.add_parameter([parameter for group in groups for parameter in group.questions.values()])
    for name, condition in (conditions or {}).items():
        template.add_condition(name, condition)
    resources = list(resources)
    tag(resources, application)
    for resource in resources:
        template.add_resource(resource)
    template.add_output(list(outputs))
    return template
