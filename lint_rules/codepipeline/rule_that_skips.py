from collections.abc import Iterator

from aws_facts import facts
from lint_rules.codepipeline.structure import PIPELINE, pipelines
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

SKIPPING = ("BeforeEntry", "SKIP")


class RuleThatSkips(Rule):
    """Rules that cannot decide whether a stage is skipped."""

    id = "E9134"
    shortdesc = "An entry condition that skips its stage must have rules that can decide so"
    description = (
        "With the result SKIP an entry condition takes the rules LambdaInvoke, VariableCheck and Commands only."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        known = facts("codepipeline_rules")
        for pipeline in pipelines(template):
            for stage in pipeline.stages:
                for kind, condition in stage.conditions:
                    for rule in condition["Rules"].items if (kind, condition["Result"].text) == SKIPPING else ():
                        provider = rule["RuleTypeId"]["Provider"]
                        if provider.text in known and not known[provider.text].get("skips"):
                            allowed = ", ".join(name for name, fact in known.items() if fact.get("skips"))
                            yield fault(
                                provider, f"{provider.text} can't decide on SKIP. Allowed: {allowed}; or use FAIL."
                            )
