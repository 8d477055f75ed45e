"""The services answer at a domain by HTTPS; what says too little for that is refused before anything is changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from settings import project as project_settings
from templates_src.manifest import stack_entry
from templates_src.render import rendered
from templates_src.stacks import stacks
from tests.delivery.project import Project
from tests.local_aws.cloudformation.test_states import administrator

SERVICE = '[[services]]\nname = "site"\nport = 8080\n[services.environment]\nURL = "service-url"\n'


@pytest.fixture
def system(project: Project) -> Project:
    """Write the stacks of a whole system, without its pipeline."""
    path = project.folder / "system.toml"
    path.write_text(f'application = "{project.prefix}"\n[repository]\nfull_name = "owner/shop"\n{SERVICE}', "utf-8")
    for stack in stacks(project_settings.load(path))[:3]:
        template = stack.make()
        (project.folder / "build" / stack.file).write_text(rendered(template), "utf-8")
        project.stacks.append(stack_entry(stack, template))
    return project


def hosted_zone(project: Project) -> str:
    route53 = administrator(project.aws, "route53")
    zone = route53.create_hosted_zone(Name=f"{project.prefix}.test", CallerReference=project.prefix)["HostedZone"]["Id"]
    return str(zone).rpartition("/")[2]


def resource_ids(project: Project, stack: str) -> dict[str, str]:
    found = project.client("cloudformation").describe_stack_resources(StackName=project.name(stack))["StackResources"]
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}


def outputs(project: Project, stack: str) -> dict[str, str]:
    (found,) = project.client("cloudformation").describe_stacks(StackName=project.name(stack))["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}


def variables(project: Project) -> dict[str, str]:
    definition = project.client("ecs").describe_task_definition(taskDefinition=project.name("site"))["taskDefinition"]
    return {one["name"]: one["value"] for one in definition["containerDefinitions"][0]["environment"]}


def test_a_domain_has_its_certificate_its_record_and_its_url(system: Project) -> None:
    zone, domain = hosted_zone(system), f"api.{system.prefix}.test"
    system.parameters = {"DomainName": domain, "HostedZoneId": zone}

    result = system.deploy()

    assert result.code == 0, result.err
    made, given = resource_ids(system, "runtime"), outputs(system, "runtime")
    assert given["Url"] == f"https://{domain}"
    certificate = administrator(system.aws, "acm").describe_certificate(CertificateArn=made["Certificate"])[
        "Certificate"
    ]
    assert (certificate["DomainName"], certificate["Status"]) == (domain, "ISSUED")
    records = administrator(system.aws, "route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (record,) = [one for one in records if one["Name"] == f"{domain}."]
    assert record["AliasTarget"]["HostedZoneId"] == given["LoadBalancerZoneId"]
    elb: Any = system.client("elbv2")
    listeners = {
        one["Protocol"]: one for one in elb.describe_listeners(LoadBalancerArn=made["LoadBalancer"])["Listeners"]
    }
    assert listeners["HTTPS"]["Certificates"] == [{"CertificateArn": made["Certificate"]}]
    assert listeners["HTTP"]["DefaultActions"][0]["RedirectConfig"]["Protocol"] == "HTTPS"
    rules = elb.describe_rules(ListenerArn=listeners["HTTPS"]["ListenerArn"])["Rules"]
    assert resource_ids(system, "site")["SiteListenerRule"] in [rule["RuleArn"] for rule in rules]
    assert variables(system)["URL"] == f"https://{domain}"


def test_plain_http_is_what_was_asked_for(system: Project) -> None:
    system.parameters = {"Protocol": "HTTP"}

    result = system.deploy()

    assert result.code == 0, result.err
    assert "Certificate" not in resource_ids(system, "runtime")
    assert outputs(system, "runtime")["Url"] == f"http://{outputs(system, 'runtime')['LoadBalancerDnsName']}"


ARN = "arn:aws:acm:ca-central-1:000000000000:certificate/1"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {},
            'found none of them. Give them, or say Protocol = "HTTP" where everybody on the way may',
        ),
        ({"DomainName": "api.shop.test"}, "found DomainName without HostedZoneId. Give the hosted zone"),
        ({"HostedZoneId": "Z1", "CertificateArn": ARN}, "found HostedZoneId without DomainName. Give the name"),
        ({"Protocol": "HTTP", "CertificateArn": ARN}, 'found one of them with Protocol = "HTTP". Leave them empty'),
    ],
)
def test_what_says_too_little_is_refused(system: Project, given: dict[str, str], sentence: str) -> None:
    system.parameters = given

    result = system.deploy()

    assert result.code == 2
    (line,) = result.err.splitlines()
    assert line.startswith(f"environment here: [parameters] of stack {system.name('runtime')}: ")
    assert sentence in line
    assert line.endswith(" Nothing was changed.")


def test_the_template_itself_refuses_it_too(system: Project, tmp_path: Path) -> None:
    name = system.name("runtime")
    template = json.loads((tmp_path / "build" / f"{name}.json").read_text("utf-8"))
    client = system.client("cloudformation")
    body = json.dumps({**template, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {}})

    with pytest.raises(client.exceptions.ClientError, match="HTTPS needs DomainName and HostedZoneId"):
        client.create_stack(StackName=name, TemplateBody=body)
