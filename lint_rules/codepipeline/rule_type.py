from collections.abc import Iterator

from aws_facts import facts
from lint_rules.codepipeline.configuration import closest
from lint_rules.codepipeline.structure import PIPELINE, pipelines
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class RuleType(Rule):
    """Rule types that do not exist."""

    id = "E9132"
    shortdesc = "The rule type of a condition must exist"
    description = (
        "CreatePipeline refuses a rule whose provider is not one of CodePipeline's, and any category but Rule, "
        "owner but AWS and version but 1."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        known = facts("codepipeline_rules")
        for pipeline in pipelines(template):
            for stage in pipeline.stages:
                for _kind, rule in stage.rules:
                    provider = rule["RuleTypeId"]["Provider"]
                    if provider.text is not None and provider.text not in known:
                        near = closest(provider.text, known)
                        advice = f"Did you mean {near}?" if near else f"There are: {', '.join(known)}."
                        yield fault(provider, f"There is no rule provider {provider.text}. {advice}")
                    for part, only in (("Category", "Rule"), ("Owner", "AWS"), ("Version", "1")):
                        value = rule["RuleTypeId"][part]
                        if value.text not in {None, only}:
                            yield fault(value, f"A rule's {part} is {value.text}. Set it to {only}.")
