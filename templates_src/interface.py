"""How the console asks for parameters: grouped and labelled.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import Parameter


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
