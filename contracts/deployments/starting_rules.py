"""W9621: a rule that starts a pipeline listens to the branch that the pipeline takes."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.project_index import PIPELINE, ProjectIndex, actions, provider
from reporting.findings import Finding
from system_model.names import plain_name
from system_model.system import Resource, listed, mapping


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at each rule on pushes to CodeCommit whose target is a pipeline of the templates."""
    pipelines = {plain_name(one, index.resolver): one for one in index.system.resources(PIPELINE)}
    for rule in index.system.resources("AWS::Events::Rule"):
        pattern = mapping(rule.properties.get("EventPattern"))
        heard = index.texts(mapping(pattern.get("detail")).get("referenceName", []), rule.stack)
        is_of_codecommit = index.texts(pattern.get("source", []), rule.stack) == ["aws.codecommit"]
        if not heard or not is_of_codecommit or any("${" in name for name in heard):
            continue
        for target in listed(rule.properties.get("Targets")):
            arn = index.text(mapping(target).get("Arn"), rule.stack) or ""
            pipeline = pipelines.get(arn.rpartition(":")[2]) if ":codepipeline:" in arn else None
            branches = [] if pipeline is None else list(_branches(pipeline, pattern, rule, index))
            if pipeline is not None and branches and not any("${" in one or one in heard for one in branches):
                yield index.finding(
                    "W9621",
                    rule,
                    ("Properties", "EventPattern"),
                    f"{rule} starts {pipeline} at pushes to {', '.join(heard)}, and its source action takes "
                    f"{', '.join(branches)}: a push to that branch starts nothing.",
                    "Name the same branch in both.",
                )


def _branches(pipeline: Resource, pattern: Mapping[str, Any], rule: Resource, index: ProjectIndex) -> Iterator[str]:
    """Return the branches of those source actions whose repository the rule may be about."""
    for action in actions(pipeline):
        configuration = mapping(action.get("Configuration"))
        if provider(action) == "CodeCommit":
            name = index.text(configuration.get("RepositoryName"), pipeline.stack) or ""
            resources = index.texts(pattern.get("resources", []), rule.stack)
            if not resources or any("${" in one or one.endswith(f":{name}") for one in resources):
                yield index.text(configuration.get("BranchName"), pipeline.stack) or ""
