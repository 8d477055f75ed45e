"""The templates that are proven: those of `build/`, and those with everything in them that settings may ask for.

The clocks of health checks tick faster in them, so that a roll-back takes seconds, and no roll-out waits for a person;
roles are as they are.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from proofs.policies.build import Build, read_roles, read_templates
from proofs.rehearsal.local_account import run
from reporting.errors import CannotRunError
from settings.root import BUILD, SETTINGS_FILE
from system_model.roles import Role

Document = dict[str, Any]
Change = Callable[[Document], None]
_CHECK = {"variable": "#{SourceVariables.CommitId}", "operator": "MATCHES", "value": "[0-9a-f]{40}"}
_HOOK = {"function": "smoke-test", "stages": ["post-scale-up", "production-traffic-shift"], "minutes": 20}
_ASKED = [{"function": "is-frozen"}, {"project": "load-test"}]
_HEALTH_COMMAND = ["CMD", "python", "/app/healthcheck.py"]
"""What the stand-in has in its image, whatever the service has."""


def with_all_asked_for(folder: Path) -> Path:
    """Make templates of the project's settings with everything in them; gives their folder."""
    settings, output = folder / SETTINGS_FILE.name, folder / BUILD.name
    settings.write_text(settings_with_all_asked_for(), "utf-8")
    made = run("synthesis", "--settings", str(settings), "--output", str(output))
    if made.code:
        raise CannotRunError("The templates with everything asked for can't be made:", *made.text.splitlines())
    return output


def settings_with_all_asked_for() -> str:
    """Return the project's settings, as TOML, with everything turned on that gives a role more to do."""
    told = tomllib.loads(SETTINGS_FILE.read_text("utf-8"))
    told.setdefault("release", {}).update(approval=True, deployment_timeout_minutes=60)
    for service in told.get("services", []):
        service["tests_pull_requests"] = True
        service.setdefault("migrations", {"command": ["migrate"]})
        service.setdefault("verify", {})
        # A minute of a watch lasts seconds in a rehearsal.
        # What CodeDeploy deploys stays so: no other deployment asks for the rights of that.
        if service.get("rollout", {}).get("strategy") != "codedeploy":
            service["rollout"] = {"strategy": "blue-green", "bake_minutes": 0, "hooks": [_HOOK]}
        service["gates"] = {"window": "* * * ? * *", "watch_minutes": 1, "checks": [_CHECK], "asks": _ASKED}
    return _toml(told)


def _toml(told: Mapping[str, Any], path: str = "") -> str:
    """Write settings as TOML: values first, then tables, then lists of tables."""
    tables = {key: value for key, value in told.items() if isinstance(value, dict)}
    lists = {key: value for key, value in told.items() if value and isinstance(value, list) and _are_tables(value)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in told.items() if key not in {**tables, **lists}]
    for key, table in tables.items():
        lines += [f"[{path}{key}]", _toml(table, f"{path}{key}.")]
    for key, several in lists.items():
        for table in several:
            lines += [f"[[{path}{key}]]", _toml(table, f"{path}{key}.")]
    return "\n".join(lines)


def _are_tables(values: list[object]) -> bool:
    return all(isinstance(each, dict) for each in values)


def rewritten(build: Path, folder: Path, *changes: Change) -> Path:
    """Write the templates of ``build`` to ``folder``, with the changes made to each, one after another."""
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes((build / "manifest.json").read_bytes())
    manifest = json.loads((build / "manifest.json").read_bytes())
    for stack in manifest["stacks"]:
        template = json.loads((build / stack["template"]).read_bytes())
        for change in changes:
            change(template)
        (folder / stack["template"]).write_text(json.dumps(template), "utf-8")
    return folder


def hurry(template: Document) -> None:
    """Look at a service's health as often as AWS allows, and wait for nothing that no request of a rehearsal needs."""
    for properties in _of(template, "AWS::ElasticLoadBalancingV2::TargetGroup"):
        properties.update(HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2, UnhealthyThresholdCount=2)
        for attribute in properties.get("TargetGroupAttributes", []):
            if attribute["Key"] == "deregistration_delay.timeout_seconds":
                attribute["Value"] = "1"
    for container in _containers(template):
        container["StopTimeout"] = 2
        if "HealthCheck" in container:
            container["HealthCheck"].update(Interval=5, Timeout=3, Retries=1, StartPeriod=0)
    for properties in _of(template, "AWS::ECS::Service"):
        properties.update({name: 0 for name in properties if name == "HealthCheckGracePeriodSeconds"})


def stand_in_needs(template: Document) -> None:
    """Ask of the service no more than its stand-in has, and of nobody to be there: no role needs anything for that."""
    without_openapi(template)
    for container in _containers(template):
        if "HealthCheck" in container:
            container["HealthCheck"]["Command"] = _HEALTH_COMMAND
    for properties in _of(template, "AWS::ECS::Service"):
        rollout = properties.get("DeploymentConfiguration", {})
        rollout["LifecycleHooks"] = [one for one in rollout.get("LifecycleHooks", []) if one["TargetType"] != "PAUSE"]


def without_openapi(template: Document) -> None:
    """Tell no build of an OpenAPI document."""
    for properties in _of(template, "AWS::CodeBuild::Project"):
        told = properties["Environment"]["EnvironmentVariables"]
        told[:] = [one for one in told if one["Name"] != "OPENAPI_PATH"]


def _of(template: Document, kind: str) -> Iterator[Document]:
    return (one.get("Properties", {}) for one in template["Resources"].values() if one["Type"] == kind)


def _containers(template: Document) -> Iterator[Document]:
    return (one for task in _of(template, "AWS::ECS::TaskDefinition") for one in task["ContainerDefinitions"])


def without(role: str, sid: str) -> Change:
    """Make the change that leaves one statement of a role out."""

    def change(template: Document) -> None:
        found = template["Resources"].get(role, {}).get("Properties", {})
        for policy in found.get("Policies", []):
            document = policy["PolicyDocument"]
            document["Statement"] = [one for one in document["Statement"] if one.get("Sid") != sid]
        found["Policies"] = [one for one in found.get("Policies", []) if one["PolicyDocument"]["Statement"]]

    return change


def pull_request_projects(build: Path) -> list[str]:
    """Name the projects that GitHub starts."""
    templates = read_templates(build)
    return [
        str(Build(templates).resolved(stack, resource["Properties"]["Name"]))
        for stack, template in templates.items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CodeBuild::Project" and resource["Properties"].get("Triggers", {}).get("Webhook")
    ]


def roles_in(build: Path) -> list[Role]:
    """Return the roles of a build folder."""
    return read_roles(read_templates(build))
