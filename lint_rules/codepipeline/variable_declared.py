from collections.abc import Iterator

from lint_rules.codepipeline.references import OF_PIPELINE, references
from lint_rules.codepipeline.structure import PIPELINE, count
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class VariableDeclared(Rule):
    """References to variables of the pipeline that it does not declare."""

    id = "E9117"
    shortdesc = "A variable of the pipeline must be declared before it is referred to"
    description = "CreatePipeline refuses a reference to #{variables.NAME} if the pipeline declares no variable NAME."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline, found in references(template).items():
            declared = [one["Name"].text for one in pipeline["Variables"].items]
            if None not in declared and count(pipeline["Variables"]) is not None:
                for one in found:
                    if one.namespace == OF_PIPELINE and one.variable not in declared:
                        yield fault(
                            one.node, f"{one}: the pipeline declares no {one.variable}. Add it to its Variables."
                        )
