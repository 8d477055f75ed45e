"""Puts the parts that a stack's module made into one template."""

from collections.abc import Iterable, Mapping, Sequence

from troposphere import AWSHelperFn, AWSObject, Output, Template

from templates_src.interface import Group, interface
from templates_src.logical_ids import refuse_repeated
from templates_src.tagging import tag

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
