"""Where a deployment goes, and which parameter values it gets there: `config/environments/NAME.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from settings import formats
from settings.root import PROJECT_ROOT
from settings.toml_file import open_table, shown
from settings.toml_table import Table
from settings.validation_errors import ValidationErrors

MOST_TAGS = 49
"""A stack has 50 at most, and the one of the application is there without being listed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""


@dataclass(frozen=True)
class Environment:
    """One AWS account and region, how it is reached, and the values of the stacks' parameters there."""

    name: str
    region: str
    account_id: str
    endpoint_url: str | None = None
    """Where the AWS API answers; ``None`` for AWS's own addresses."""
    profile: str | None = None
    credentials_file: Path | None = None
    """Absolute path of a file in the AWS shared-credentials format; ``None`` for the usual places."""
    request_seconds: int = 45
    """How long one request may take in all, its retries included."""
    cloudformation_role: str | None = None
    """ARN of the role that CloudFormation acts under; ``None`` where it acts as whoever deploys."""
    start_command: tuple[str, ...] = ()
    """Run once before the first call, to bring the AWS up; empty where it is always up. Relative to the project."""
    after_deploy_commands: tuple[tuple[str, ...], ...] = ()
    """Run one after another once all stacks stand, for what a person does by hand in AWS. Relative to the project."""
    connection_command: str | None = None
    """What finishes a connection to a repository; ``None`` where a person does that in the console."""
    working_tree_revision: str | None = None
    """The revision that means the files of this folder as they are; ``None`` where commits alone are released."""
    unattended: bool = False
    """Whether changes may be made without ``--yes`` where no terminal is there to ask on."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Put on every stack, and by CloudFormation on all that a stack makes and that takes tags."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Values for every stack that declares a parameter of that name."""
    stack_parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Values for the parameters of one stack; they come before ``parameters``."""
    file: str = ""
    """Where it was read, as a person would name it."""


def load(path: Path) -> Environment:
    """Read the environment file at ``path``; raises ``CannotRunError`` with all its mistakes."""
    table, mistakes = open_table(path)
    aws = table.take_table("aws")
    credentials = aws.take_text("credentials_file", formats.ANY_TEXT, default="")
    parameters = table.take_table("parameters")
    stack_parameters = _stack_parameters(parameters, mistakes)
    tags = _tags(table.take_table("tags"))
    environment = Environment(
        name=path.stem,
        region=aws.take_text("region", formats.REGION),
        account_id=aws.take_text("account_id", formats.ACCOUNT),
        endpoint_url=aws.take_text("endpoint_url", formats.ENDPOINT, default="") or None,
        profile=aws.take_text("profile", formats.LINE, default="") or None,
        credentials_file=(PROJECT_ROOT / Path(credentials).expanduser()) if credentials else None,
        request_seconds=aws.take_integer("request_seconds", 1, 300, "seconds", default=Environment.request_seconds),
        cloudformation_role=aws.take_text("cloudformation_role", formats.ROLE_ARN, default="") or None,
        start_command=aws.take_words("start_command"),
        after_deploy_commands=aws.take_commands("after_deploy_commands"),
        connection_command=aws.take_text("connection_command", formats.LINE, default="") or None,
        working_tree_revision=aws.take_text("working_tree_revision", formats.LINE, default="") or None,
        unattended=aws.take_boolean("unattended", default=False),
        tags=tags,
        parameters=parameters.take_text_values(formats.ANY_TEXT),
        stack_parameters=stack_parameters,
        file=shown(path),
    )
    aws.close()
    parameters.close()
    table.close()
    mistakes.refuse()
    return environment


def _tags(table: Table) -> Mapping[str, str]:
    found = {name: table.take_text(name, formats.TAG_VALUE) for name in table.names_in_shape(formats.TAG)}
    for name in found:
        alike = [other for other in found if other.lower() == name.lower()]
        if alike[0] != name:
            # IAM's names of tags are the same in any case: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
            table.refuse_value(name, f"{alike[0]} beside it", "names that differ in more than capitals")
    if len(found) > MOST_TAGS:
        names = list(found)
        table.refuse_value(names[MOST_TAGS], f"{len(found)} tags", f"at most {MOST_TAGS}, as application is the 50th")
    table.close()
    return found


def _stack_parameters(parameters: Table, mistakes: ValidationErrors) -> dict[str, dict[str, str]]:
    per_stack = {}
    for key in parameters.keys_with_tables():
        if not formats.STACK.fits(key):
            mistakes.add("parameters", key, "a table", f"a table named like a stack: {formats.STACK.allowed}")
        stack = parameters.take_table(key)
        per_stack[key] = stack.take_text_values(formats.ANY_TEXT)
        stack.close()
    return per_stack
