"""The image that a service runs is passed to its template, and a release since is no change."""

import json

import pytest

from tests.delivery.project import Document, Project, Result, topic
from tests.delivery.proxy import Rule, in_front_of

RELEASED = "registry.example/shop@sha256:1"


def with_service(project: Project, display: str = "before") -> None:
    """Write a stack with a service whose image is a parameter: empty until something was released."""
    container: Document = {
        "Name": "shop",
        "Image": {"Fn::If": ["Released", {"Ref": "Image"}, "no-image-yet"]},
        "Memory": 64,
        "Essential": True,
    }
    definition = {"Family": project.name("shop"), "ContainerDefinitions": [container]}
    resources: Document = {
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": project.prefix}},
        "Definition": {"Type": "AWS::ECS::TaskDefinition", "Properties": definition},
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "Cluster": {"Ref": "Cluster"},
                "ServiceName": "shop",
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": 0,
            },
        },
        "Topic": topic(display=display),
    }
    declared = {"Image": {"Type": "String", "Default": ""}}
    image = {
        "name": "Image",
        "from": "running-image",
        "cluster": project.prefix,
        "service": "shop",
        "container": "shop",
    }
    project.stack("one", resources, declared=declared, parameters=[image])
    path = project.folder / "build" / "one.json"
    conditions = '"Conditions": {"Released": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Image"}, ""]}]}},'
    path.write_text(path.read_text().replace('"Resources":', f'{conditions} "Resources":', 1))


def image_of_stack(project: Project) -> str:
    described = project.client("cloudformation").describe_stacks(StackName=project.name("one"))["Stacks"][0]
    [image] = described["Parameters"]
    return str(image["ParameterValue"])


def released(image: str, wanted: int = 1) -> Rule:
    """Answer as ECS does after a pipeline has registered the task definition with another image."""

    def answer(action: str) -> tuple[int, str] | None:
        service = {"status": "ACTIVE", "taskDefinition": "shop:2", "desiredCount": wanted}
        definition = {"containerDefinitions": [{"name": "sidecar", "image": "x/y"}, {"name": "shop", "image": image}]}
        told = {"DescribeServices": {"services": [service]}, "DescribeTaskDefinition": {"taskDefinition": definition}}
        return (200, json.dumps(told[action])) if action in told else None

    return answer


def test_a_first_deployment_passes_no_image(project: Project) -> None:
    with_service(project)

    result = project.deploy()

    assert result.code == 0, result.err
    assert image_of_stack(project) == ""


def test_the_placeholder_of_a_service_without_an_image_is_not_passed(project: Project) -> None:
    with_service(project)
    project.deploy()
    with_service(project, display="after")

    result = project.deploy()

    assert result.code == 0, result.err
    assert image_of_stack(project) == ""


def deploy_beside(project: Project, image: str) -> Result:
    """Deploy while the service runs ``image``, without leaving the stand-in for ECS in the environment file."""
    endpoint = project.settings["endpoint_url"]
    with in_front_of(project, released(image)) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy()
    project.settings["endpoint_url"] = endpoint
    return result


def test_the_first_release_is_a_change_which_gives_the_service_its_tasks(project: Project) -> None:
    with_service(project)
    project.deploy()

    result = deploy_beside(project, RELEASED)

    assert result.code == 0, result.err
    assert image_of_stack(project) == RELEASED


def test_a_later_release_is_no_change(project: Project) -> None:
    with_service(project)
    project.deploy()
    deploy_beside(project, RELEASED)

    result = deploy_beside(project, "registry.example/shop@sha256:2")

    assert f"{project.name('one')}: nothing to change." in result.out
    assert image_of_stack(project) == RELEASED


@pytest.mark.parametrize("wanted", [1, 0])
def test_a_later_deployment_keeps_what_was_released(project: Project, wanted: int) -> None:
    with_service(project)
    project.deploy()
    with_service(project, display="after")

    with in_front_of(project, released(RELEASED, wanted)) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy()

    assert result.code == 0, result.err
    assert f"parameter Image:  -> {RELEASED}" in result.out
    assert image_of_stack(project) == RELEASED


def test_a_new_secret_without_a_value_is_told_before_anything_changes(project: Project) -> None:
    with_service(project)
    project.deploy()
    deploy_beside(project, RELEASED)
    name = f"/{project.prefix}/shop/API_KEY"
    pipeline = {"stack": "two", "pipeline": "shop", "branch": "prod", "repository": "o/shop", "cluster": project.prefix}
    shop = {**pipeline, "service": "shop", "ecs_service": "shop", "container": "shop", "health_check_path": "/"}
    project.manifest = {"secrets": [{"service": "shop", "name": name}], "pipelines": [{**shop, "desired_count": 1}]}
    with_service(project, display="after")

    refused = deploy_beside(project, RELEASED)
    project.run("secret", "put", name, given="a value")
    done = deploy_beside(project, RELEASED)

    assert (refused.code, "Topic" in refused.out) == (2, False)
    assert f"{name} has no value yet, and the tasks" in refused.err
    assert f"{name}`, then deploy again. Nothing was changed." in refused.err
    assert done.code == 0, done.err
