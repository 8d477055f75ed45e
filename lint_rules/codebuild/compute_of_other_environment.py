from collections.abc import Iterator

from lint_rules.codebuild.project import LAMBDA, PROJECT, environment_type, known, projects
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class ComputeOfOtherEnvironment(Rule):
    """A compute type that the environment type does not have."""

    id = "W9209"
    shortdesc = "Compute type and environment type belong together"
    description = (
        "Each environment type has compute types of its own: those of Lambda are BUILD_LAMBDA_*, a GPU "
        "environment is small or large, Windows starts at medium. CodeBuild refuses the others. macOS runs in "
        "a reserved fleet only."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        environments = known("environments")
        for project in projects(template):
            environment = project["Environment"]
            kind, compute = environment_type(project), environment["ComputeType"]
            if kind and kind not in environments["compute"]:
                yield fault(
                    environment["Type"],
                    f"{kind} is not an environment type. Use one of {', '.join(environments['compute'])}.",
                )
            elif kind and environment["Fleet"].absent:
                allowed = environments["compute"][kind]
                if compute.text is not None and compute.text not in {*allowed, *environments["of_fleets"]}:
                    yield fault(compute, f"{kind} has no compute type {compute.text}. Use one of {', '.join(allowed)}.")
                if kind in environments["only_fleets"]:
                    yield fault(environment, f"{kind} runs in a reserved fleet only. Name one in Fleet.")
            elif kind in LAMBDA:
                yield fault(environment["Fleet"], f"{kind} runs in no fleet. Leave Fleet out.")
