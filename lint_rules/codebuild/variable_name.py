from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class VariableName(ProjectRule):
    """Names of environment variables that don't do what they seem to."""

    id = "W9213"
    shortdesc = "A variable is named once, and not as CodeBuild's own"
    description = (
        "Names that begin with CODEBUILD_ are reserved: CodeBuild sets them itself. Of two variables of one "
        "name, one is lost."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        seen: set[str] = set()
        for variable in project["Environment"]["EnvironmentVariables"].items:
            name = variable["Name"].text
            if name is not None and name.startswith("CODEBUILD_"):
                yield fault(variable["Name"], f"{name}: names that begin with CODEBUILD_ are reserved. Choose another.")
            if name is not None and name in seen:
                yield fault(
                    variable["Name"], f"The variable {name} is given twice, and one value is lost. Keep one of them."
                )
            seen.add(name or "")
