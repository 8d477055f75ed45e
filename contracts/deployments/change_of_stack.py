"""W9618: an action that deploys a template says which capabilities it may use."""

import re
from collections.abc import Iterator

from contracts.project_index import PIPELINE, ProjectIndex, actions, provider
from reporting.findings import Finding
from system_model.system import mapping

_MAKING = {"CREATE_UPDATE", "REPLACE_ON_FAILURE", "CHANGE_SET_REPLACE"}
_NEEDING = re.compile(r"AWS::IAM::|\bTransform\b|AWS::Serverless::|AWS::CloudFormation::Stack\b")
"""What in a template takes a capability: resources of IAM, macros, and nested stacks with either."""


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at each action that makes or changes a stack; the template may lie beside the pipeline's."""
    for pipeline in index.system.resources(PIPELINE):
        for action in actions(pipeline):
            configuration = mapping(action.get("Configuration"))
            mode = index.text(configuration.get("ActionMode"), pipeline.stack)
            if provider(action) != "CloudFormation" or mode not in _MAKING or "Capabilities" in configuration:
                continue
            path = (index.text(configuration.get("TemplatePath"), pipeline.stack) or "").partition("::")[2]
            inside = index.system.repository.inside(path) if path and "${" not in path else None
            text = index.system.repository.text(inside) if inside else None
            if text is None or _NEEDING.search(text):
                yield index.finding(
                    "W9618",
                    pipeline,
                    ("Properties", "Stages"),
                    f"Action {action.get('Name')} of {pipeline} names no Capabilities; CloudFormation refuses a "
                    'template with resources of IAM or macros: "Requires capabilities : [CAPABILITY_NAMED_IAM]".',
                    "Add Capabilities to its configuration (CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND).",
                )
