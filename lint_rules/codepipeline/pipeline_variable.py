from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault

MOST, LONGEST = 50, 1000


class PipelineVariable(PipelineRule):
    """Variables of a pipeline that are declared twice, empty or too many."""

    id = "E9121"
    shortdesc = "A pipeline's variables must be unique, at most 50, and their values 1 to 1000 characters long"
    description = (
        "CreatePipeline refuses a variable that is declared twice, an empty or overlong default and more than 50 "
        "variables."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineVariableDeclaration.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        seen = set()
        for variable in pipeline["Variables"].items[:MOST]:
            name, default = variable["Name"], variable["DefaultValue"]
            if name.text in seen:
                yield fault(name, f"{name.text} is declared twice. Keep one.")
            seen.add(name.text or object())
            if default.value == "" or len(default.text or "") > LONGEST:
                yield fault(default, f"The default has {len(default.text or '')} characters. Allowed: 1 to {LONGEST}.")
        for variable in pipeline["Variables"].items[MOST:]:
            yield fault(variable, f"A pipeline has at most {MOST} variables. Take some out.")
