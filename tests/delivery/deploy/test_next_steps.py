"""What a deployment says at its end."""

from tests.delivery.project import Document, Project, topic


def connected(project: Project) -> str:
    """Deploy a connection to GitHub; give its ARN."""
    connection: Document = {
        "Type": "AWS::CodeConnections::Connection",
        "Properties": {"ConnectionName": project.prefix, "ProviderType": "GitHub"},
    }
    outputs = {"ConnectionArn": {"Value": {"Ref": "Connection"}}}
    name = project.stack("base", {"Connection": connection}, outputs=outputs)
    project.manifest = {"connections": [{"stack": name, "output": "ConnectionArn"}]}
    project.deploy()
    found = project.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return str(found[0]["OutputValue"])


def test_a_pending_connection_is_told_with_where_to_finish_it(project: Project) -> None:
    connected(project)

    result = project.deploy()

    assert result.code == 0
    assert f"Finish the connection {project.prefix}: it is PENDING" in result.out
    assert (
        "https://ca-central-1.console.aws.amazon.com/codesuite/settings/connections?region=ca-central-1" in result.out
    )
    assert "bin/local-aws handshake" not in result.out


def test_the_command_of_the_environment_is_told_in_place_of_the_console(project: Project) -> None:
    project.settings["connection_command"] = "bin/local-aws handshake"
    connected(project)

    assert "Run `bin/local-aws handshake`." in project.deploy().out


def test_a_finished_connection_is_not_told(project: Project) -> None:
    connected(project)
    finished = project.aws.run("handshake", project.prefix)

    result = project.deploy()

    assert finished.returncode == 0, finished.stderr
    assert "Finish the connection" not in result.out


def released_by(project: Project, *services: str) -> None:
    """Deploy a project with a pipeline for each of ``services``."""
    name = project.stack("one", {"Topic": topic()})
    pipeline = {
        "stack": name,
        "pipeline": "p",
        "branch": "prod",
        "repository": "owner/name",
        "cluster": project.name("no-cluster"),
        "container": "backend-flask",
        "url": None,
        "health_check_path": "/",
        "desired_count": 1,
    }
    project.manifest = {"pipelines": [{**pipeline, "service": one, "ecs_service": one} for one in services]}


def test_a_first_release_is_told(project: Project) -> None:
    released_by(project, "backend-flask")

    result = project.deploy()

    assert "Release backend-flask for the first time with `bin/release --environment FILE`" in result.out


def test_the_release_of_one_of_several_services_is_told_by_its_name(project: Project) -> None:
    released_by(project, "backend-flask", "api")

    result = project.deploy()

    assert "Release api for the first time with `bin/release --environment FILE --service api`" in result.out


def test_machines_are_told_outputs_and_next_steps(project: Project) -> None:
    connected(project)

    result = project.deploy("--json")

    [told] = [line for line in result.of_kind("notice") if "outputs" in line]
    assert told["outputs"]["ConnectionArn"].startswith("arn:aws:codeconnections:")
    [steps] = [line["next"] for line in result.of_kind("notice") if "next" in line]
    assert steps[0].startswith("Finish the connection")
    project.stack("two", {"Topic": topic()})
    events = project.deploy("--json").of_kind("event")
    assert all(event["time"].endswith("+00:00") and "T" in event["time"] for event in events)
    assert events


def test_what_the_environment_wants_done_afterwards_is_done_before_the_next_steps_are_told(project: Project) -> None:
    state = ["--state", str(project.aws.state_folder)]
    project.settings["after_deploy_commands"] = [["bin/local-aws", "handshake", project.prefix, *state]]
    connected(project)

    result = project.deploy("--json")

    assert result.code == 0
    assert "Finish the connection" not in result.out


def test_what_could_not_be_done_afterwards_is_told_and_undoes_nothing(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    project.settings["after_deploy_commands"] = [["false"], ["bin/no-such-command", "a b"]]

    result = project.deploy()

    assert result.code == 1
    assert "All stacks are deployed, but not all is done: run `false`, `bin/no-such-command 'a b'`" in result.err
    assert "The stacks are deployed, but `false`" in result.out
    assert "it ended with 1; the lines above say why" in result.out
    assert "`bin/no-such-command 'a b'`" in result.out
    assert "it can't be run: No such file or directory" in result.out
