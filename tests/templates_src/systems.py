"""Systems whose templates are looked at: the shipped settings, and variants of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from settings import project as project_settings
from settings.root import SETTINGS_FILE
from templates_src.render import rendered
from templates_src.stacks import stacks

System = dict[str, dict[str, Any]]
"""The template of each stack, by its name."""
SHIPPED = SETTINGS_FILE.read_text("utf-8")

HOOKS = """\
[[services.rollout.hooks]]
function = "smoke-test:live"
stages = ["pre-scale-up", "production-traffic-shift"]
minutes = 1
[[services.rollout.hooks]]
function = "arn:aws:lambda:ca-central-1:111122223333:function:other"
stages = ["post-scale-up"]
"""

VARIANTS = {
    "as shipped": (),
    "own runtime": (("wanted = true", "wanted = false"),),
    "approval": (("approval = false", "approval = true"),),
    "no nat": (("nat_gateways = 1", "nat_gateways = 0"),),
    "nat in each zone": (("nat_gateways = 1", "nat_gateways = 2"),),
    "logs of the runtime": (
        ("access_logs = false", "access_logs = true"),
        ("flow_logs = false", "flow_logs = true"),
        ('container_insights = "off"', 'container_insights = "enhanced"'),
    ),
    "signed images": (("signed_repositories = []", 'signed_repositories = ["backend-*"]'),),
    "logs of requests": (("access_logs = false", "access_logs = true"),),
    "pull requests": (("tests_pull_requests = false", "tests_pull_requests = true"),),
    "superseded": (('execution_mode = "QUEUED"', 'execution_mode = "SUPERSEDED"'),),
    "no health command": (('health_check_command = ["python", "/app/healthcheck.py"]', ""),),
    "not watched": (("bake_minutes = 2", "bake_minutes = 0"),),
    "blue-green": (('strategy = "rolling"', 'strategy = "blue-green"'),),
    "paused": (
        ('strategy = "rolling"', 'strategy = "blue-green"\npause = "pre-production-traffic-shift"'),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 30"),
    ),
    "asked": (
        ('strategy = "rolling"', 'strategy = "canary"'),
        ("# [[services.rollout.hooks]]\n", HOOKS),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 30"),
    ),
    "canary": (
        ('strategy = "rolling"', 'strategy = "canary"'),
        ("bake_minutes = 2", "bake_minutes = 10"),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 30"),
    ),
    "codedeploy": (('strategy = "rolling"', 'strategy = "codedeploy"\nshift = "canary"'),),
    "linear": (
        ('strategy = "rolling"', 'strategy = "linear"'),
        ("deployment_timeout_minutes = 15", "deployment_timeout_minutes = 60"),
    ),
    "other alarms": (
        ("slow_milliseconds = 3000", "slow_milliseconds = 0"),
        ("silent_days = 0", "silent_days = 7"),
        ("dashboard = true", "dashboard = false"),
        ('severity = "CRITICAL"', 'severity = "MEDIUM"'),
    ),
    "no verify": (
        (SHIPPED[SHIPPED.index("[services.verify]") : SHIPPED.index("# How a new revision takes over")], ""),
    ),
    "inspector": (('scan = "ecr"', 'scan = "inspector"'),),
    "no gate": (("required = true", "required = false"),),
    "no migrations": (
        ("[services.migrations]", ""),
        ('command = ["python", "-m", "cruddur.database_commands", "migrate"]\ntimeout_minutes = 15', ""),
    ),
    "gates": (
        ("watch_minutes = 0", 'watch_minutes = 15\nwindow = "* * 9-16 ? * MON-FRI"\ntime_zone = "Europe/Berlin"'),
        (
            "# The build that bakes the image, likewise.",
            '[[services.gates.checks]]\nvariable = "#{SourceVariables.BranchName}"\nvalue = "prod"\n',
        ),
        (
            "# [[services.gates.asks]]\n",
            '[[services.gates.asks]]\nfunction = "is-frozen"\n[[services.gates.asks]]\nproject = "load-test"\n',
        ),
    ),
    "no secrets": (('secrets = ["CONNECTION_URL"]', ""),),
    "database": (("[builds]", "[database]\n[builds]"), ('secrets = ["CONNECTION_URL"]', "")),
    "database of others": (("[builds]", "[database]\n[builds]"), ("# database = true", "database = false")),
    "no own address": (('BACKEND_URL = "service-url"', ""),),
}


def settings_of(folder: Path, changes: tuple[tuple[str, str], ...]) -> Path:
    """Write the shipped settings with ``changes``."""
    text = SHIPPED
    for found, put in changes:
        assert found in text
        text = text.replace(found, put, 1)
    path = folder / "system.toml"
    path.write_text(text, "utf-8")
    return path


def documents_of(folder: Path, changes: tuple[tuple[str, str], ...]) -> dict[str, bytes]:
    """Make the templates of the shipped settings with ``changes``: file name to bytes."""
    made = stacks(project_settings.load(settings_of(folder, changes)))
    return {stack.file: rendered(stack.make()).encode() for stack in made}


def templates(folder: Path, changes: tuple[tuple[str, str], ...]) -> System:
    """Make the same, as stack name to template."""
    return {name.removesuffix(".json"): json.loads(content) for name, content in documents_of(folder, changes).items()}


def templates_of_services(folder: Path, *services: tuple[str, str], application: str = "shop") -> System:
    """Make the templates of a system of ``services``, each a name and a path."""
    text = f'application = "{application}"\n[repository]\nfull_name = "owner/shop"\n'
    for name, path in services:
        text += f'[[services]]\nname = "{name}"\nport = 8080\npath_patterns = ["{path}"]\n'
    settings = folder / "shop.toml"
    settings.write_text(text, "utf-8")
    made = stacks(project_settings.load(settings))
    return {stack.name: json.loads(rendered(stack.make())) for stack in made}


def resources(system: System, kind: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for template in system.values():
        for name, resource in template["Resources"].items():
            if resource["Type"].startswith(kind):
                yield name, resource


def values(tree: object, key: str) -> Iterator[Any]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from values(value, key)


def one(system: System, kind: str) -> dict[str, Any]:
    ((_, resource),) = resources(system, kind)
    properties: dict[str, Any] = resource["Properties"]
    return properties


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for policy in role.get("Policies", []) for item in policy["PolicyDocument"]["Statement"]]


def allowed_to(role: dict[str, Any]) -> set[str]:
    """Return the actions that a role's own policies allow."""
    return {action for statement in statements(role["Properties"]) for action in statement["Action"]}


def variables_of(project: dict[str, Any]) -> dict[str, Any]:
    """Return the variables of a build project's environment."""
    return {each["Name"]: each["Value"] for each in project["Properties"]["Environment"]["EnvironmentVariables"]}
