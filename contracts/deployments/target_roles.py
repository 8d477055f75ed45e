"""E9629: a rule has a role for each target that EventBridge calls under one."""

from collections.abc import Iterator

from contracts.permissions.of_targets import service_of
from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.system import listed, mapping

_UNDER_A_ROLE = {"batch", "codebuild", "codepipeline", "ecs", "firehose", "kinesis", "states"}
"""Services that EventBridge calls under a role alone. An event bus is not among them: it may have a policy."""


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at each target of each rule; a role of the rule itself is left alone."""
    for rule in index.system.resources("AWS::Events::Rule"):
        if "RoleArn" in rule.properties:
            continue
        for number, target in enumerate(map(mapping, listed(rule.properties.get("Targets")))):
            service = service_of(target, rule, index)
            if service in _UNDER_A_ROLE and "RoleArn" not in target:
                yield index.finding(
                    "E9629",
                    rule,
                    ("Properties", "Targets", number),
                    f'{rule} has no role under which EventBridge could call this target of {service}: "RoleArn is '
                    'required for target".',
                    "Name one in the target's RoleArn that trusts events.amazonaws.com.",
                )
