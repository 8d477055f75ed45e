"""W9619: what a build hands on to another account is encrypted under the pipeline's key."""

import re
from collections.abc import Iterator

from contracts.artifacts import maker_of
from contracts.project_index import PIPELINE, ProjectIndex, actions, inputs
from reporting.findings import Finding
from system_model.system import mapping

_ELSEWHERE = re.compile(r"arn:[^:]+:iam::(?:\d{12}|\$\{(?!AWS::)\w+\}):role/.*|\$\{\w+\}")
"""A role by a written account or by a parameter, as those of other accounts are given."""


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at the artifacts of actions with a role that the template does not make."""
    for pipeline in index.system.resources(PIPELINE):
        store = mapping(pipeline.properties.get("ArtifactStore"))
        if index.text(mapping(store.get("EncryptionKey")).get("Id"), pipeline.stack) is None:
            continue
        for action in actions(pipeline):
            role = index.text(action.get("RoleArn"), pipeline.stack)
            if role is None or not _ELSEWHERE.fullmatch(role):
                continue
            for name in inputs(action):
                project = maker_of(name, pipeline, index)
                if project is not None and "EncryptionKey" not in project.properties:
                    yield index.finding(
                        "W9619",
                        project,
                        ("Properties",),
                        f"{project} has no EncryptionKey, so its artifact {name} is encrypted under the key that AWS "
                        f"manages, which the account of {role} (action {action.get('Name')}) can't use: Access Denied.",
                        "Set EncryptionKey to the key of the pipeline's artifact store.",
                    )
