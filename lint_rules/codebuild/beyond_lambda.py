from collections.abc import Iterator

from lint_rules.codebuild.project import LAMBDA, ProjectRule, environment_type, known
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class BeyondLambda(ProjectRule):
    """What builds on Lambda can't have."""

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
