"""The database stack, and the service that is told of it."""

import json
from typing import Any

import pytest

from settings import project as project_settings
from templates_src.manifest import stack_entry
from templates_src.render import rendered
from templates_src.stacks import stacks
from tests.delivery.deploy.test_domain import outputs, resource_ids
from tests.delivery.project import Project
from tests.local_aws.cloudformation.test_states import administrator

SETTINGS = """
[repository]
full_name = "owner/shop"
[database]
[[services]]
name = "site"
port = 8080
[[services]]
name = "page"
port = 8081
path_patterns = ["/page/*"]
database = false
"""


@pytest.fixture
def system(project: Project) -> Project:
    """Write the stacks of a whole system, without its pipelines."""
    path = project.folder / "system.toml"
    path.write_text(f'application = "{project.prefix}"\n{SETTINGS}', "utf-8")
    for stack in stacks(project_settings.load(path))[:5]:
        template = stack.make()
        (project.folder / "build" / stack.file).write_text(rendered(template), "utf-8")
        project.stacks.append(stack_entry(stack, template))
    project.parameters = {"Protocol": "HTTP"}
    return project


def container(project: Project, service: str) -> Any:
    found = project.client("ecs").describe_task_definition(taskDefinition=project.name(service))["taskDefinition"]
    return found["containerDefinitions"][0]


def groups(project: Project, service: str) -> list[str]:
    (found,) = project.client("ecs").describe_services(cluster=project.prefix, services=[service])["services"]
    named: list[str] = found["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    return named


def test_the_services_that_want_it_are_told_and_let_in(system: Project) -> None:
    result = system.deploy()

    assert result.code == 0, result.err
    given = outputs(system, "database")
    told = {one["name"]: one["value"] for one in container(system, "site")["environment"]}
    assert told == {
        "PGHOST": given["Host"],
        "PGPORT": "5432",
        "PGDATABASE": system.prefix,
        "PGSSLMODE": "require",
    }
    secrets = {one["name"]: one["valueFrom"] for one in container(system, "site")["secrets"]}
    assert secrets == {"PGUSER": f"{given['SecretArn']}:username::", "PGPASSWORD": f"{given['SecretArn']}:password::"}
    secret = administrator(system.aws, "secretsmanager").get_secret_value(SecretId=given["SecretArn"])["SecretString"]
    assert json.loads(secret)["username"] == "app_owner"
    assert len(json.loads(secret)["password"]) > 20
    assert container(system, "page")["environment"] == []
    clients = given["ClientsSecurityGroupId"]
    assert clients in groups(system, "site")
    assert clients not in groups(system, "page")
    database = resource_ids(system, "database")["DatabaseSecurityGroup"]
    (group,) = system.client("ec2").describe_security_groups(GroupIds=[database])["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [clients]
    assert (rule["FromPort"], rule["ToPort"]) == (5432, 5432)


def test_a_protected_database_is_not_deleted_with_its_stack(system: Project) -> None:
    assert system.deploy().code == 0
    client = system.client("cloudformation")
    for service in ("page", "site"):
        client.update_termination_protection(StackName=system.name(service), EnableTerminationProtection=False)
        client.delete_stack(StackName=system.name(service))
        client.get_waiter("stack_delete_complete").wait(StackName=system.name(service), WaiterConfig={"Delay": 1})

    result = system.run("destroy", "--stack", system.name("database"), "--confirm", system.name("database"))

    assert result.code != 0
    assert "Cannot delete protected DB Instance" in result.err
    assert system.status("database") == "DELETE_FAILED"
