"""The templates of a build folder, with every name filled in as the proofs' local account has it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reporting.errors import CannotRunError
from system_model.repository import Repository
from system_model.resolver import Resolver
from system_model.roles import Role, Roles
from system_model.system import System, of_templates
from system_model.wording import Filled

Template = Mapping[str, Any]

ACCOUNT = "000000000000"
REGION = "ca-central-1"


def read_templates(build: Path) -> dict[str, Template]:
    """Read the templates of a build folder, by the names of their stacks, in the manifest's order."""
    try:
        manifest = json.loads((build / "manifest.json").read_bytes())
        return {one["name"]: json.loads((build / one["template"]).read_bytes()) for one in manifest["stacks"]}
    except (ValueError, KeyError, TypeError) as error:
        raise CannotRunError(f"{build} can't be read ({error!r}); regenerate it with `make templates`.") from error


class Build:
    """The system of a build, and what its values come to."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self.system: System = of_templates(templates, Repository(Path()), whole=True)
        self._stacks = {stack.name: stack for stack in self.system.stacks}
        self._resolver = Resolver(self.system, Filled(ACCOUNT, REGION))

    def resolved(self, stack: str, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return ``value`` of a stack's template with no function left in it."""
        return self._resolver.value(value, self._stacks[stack])

    def roles(self) -> list[Role]:
        """Return every role, in the order of the templates."""
        return Roles(self.system, self._resolver).all


def read_roles(templates: Mapping[str, Template]) -> list[Role]:
    """Return every role, in the order of the templates."""
    return Build(templates).roles()


def pipelines_of(templates: Mapping[str, Template]) -> dict[str, str]:
    """Return the name of the pipeline of each stack that has one."""
    build = Build(templates)
    return {
        stack: str(build.resolved(stack, resource["Properties"]["Name"]))
        for stack, template in templates.items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CodePipeline::Pipeline"
    }


_ARN = re.compile(r"^arn:\$\{AWS::Partition\}:([a-z-]+):\$\{AWS::Region\}:\$\{AWS::AccountId\}:")


def briefly(resource: str) -> str:
    """Shorten how a template writes an ARN of its own account and region to its service and name."""
    return _ARN.sub(r"\1:", resource)
