from collections.abc import Iterator

from aws_facts.codepipeline import rule_type
from lint_rules.codepipeline.configuration import missing_keys, unknown_keys, wrong_values
from lint_rules.codepipeline.json_text import wrong_json
from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault


class RuleConfiguration(PipelineRule):
    """Configurations that a rule refuses."""

    id = "E9133"
    shortdesc = "A rule's configuration must have the keys and values that its provider takes"
    description = (
        "CreatePipeline refuses a rule without a configuration key that its provider needs, with one it does not "
        "take, or with a value that is not allowed."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages:
            for _kind, rule in stage.rules:
                provider = rule["RuleTypeId"]["Provider"].text or ""
                kind = rule_type(provider)
                configuration = rule["Configuration"]
                yield from missing_keys(rule, configuration, kind, provider)
                yield from unknown_keys(configuration, kind, provider)
                yield from wrong_values(configuration, kind)
                for key, shape in kind.get("json", {}).items():
                    yield from wrong_json(configuration[key], key, shape)
