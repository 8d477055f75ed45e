"""Machines of builds, and what each kind can't do."""

from collections.abc import Iterator

from lint_rules.codebuild.project import LAMBDA, PROJECT, ProjectRule, environment_type, known, projects
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import Resource, View


class ComputeOfOtherEnvironment(Rule):
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


class BeyondLambda(ProjectRule):
    id = "E9210"
    shortdesc = "Builds on Lambda take no privileges, cache, time limits or network"
    description = (
        "On Lambda compute a build runs at most 15 minutes, without root, Docker, cache or a network of its "
        "own. CodeBuild refuses a project that sets these."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        kind = environment_type(project)
        if kind in LAMBDA:
            for setting in _settings(project):
                yield fault(
                    setting,
                    f"Builds on Lambda have no {setting.path[-1]}. Leave it out, or use another type than {kind}.",
                )


def _settings(project: Resource) -> Iterator[Node]:
    refused = known("lambda")
    for name in refused["environment"]:
        if project["Environment"][name].flag:
            yield project["Environment"][name]
    for name in refused["properties"]:
        setting = project[name]
        harmless = setting.flag is False or setting["Type"].text == "NO_CACHE" or setting.value in ([], {})
        if setting.present and not harmless:
            yield setting
