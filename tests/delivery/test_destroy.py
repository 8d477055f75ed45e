"""`bin/destroy`: what goes, what stays, and whose name has to be typed."""

import json

from botocore.exceptions import ClientError

from tests.delivery.deploy.test_recovery import settle
from tests.delivery.project import Project, bucket, images, network, topic
from tests.delivery.terminal import on_terminal


def gone(project: Project, stack: str) -> bool:
    try:
        return project.status(stack) == "DELETE_COMPLETE"
    except ClientError:
        return True


def test_without_a_terminal_and_without_names_nothing_is_deleted(project: Project) -> None:
    first = project.stack("one", {"Topic": topic()})
    second = project.stack("two", {"Topic": topic()})
    project.deploy()

    nothing = project.run("destroy")
    made = project.run("destroy", MAKELEVEL="1")
    half = project.run("destroy", "--confirm", second)

    assert (nothing.code, half.code) == (2, 2)
    whole = f"--confirm {first} --confirm {second}"
    assert nothing.err.endswith(f" without: `bin/destroy --environment FILE {whole}`. Nothing was changed.\n")
    assert made.err.endswith(f" without: `make destroy ENV=FILE ARGS='{whole}'`. Nothing was changed.\n")
    assert half.err.endswith(f" --confirm {second} --confirm {first}`. Nothing was changed.\n")
    assert not gone(project, "one")
    assert not gone(project, "two")


def test_a_wrong_name_deletes_nothing(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()

    result = project.run("destroy", "--confirm", f"{name}x")

    assert result.code == 2
    assert f"--confirm: found '{name}x'; allowed are the names of the stacks to delete: {name}." in result.err
    assert not gone(project, "one")


def test_the_right_names_delete_in_reverse_order_in_spite_of_protection(project: Project) -> None:
    first = project.stack("one", {"Topic": topic()})
    second = project.stack("two", {"Topic": topic()})
    project.deploy()

    result = project.run("destroy", "--confirm", first, "--confirm", second)

    assert result.code == 0, result.err
    assert result.out.index(f"{second}: deleted") < result.out.index(f"{first}: deleted")
    assert gone(project, "one")
    assert gone(project, "two")


def test_the_name_is_typed_on_a_terminal(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()

    with on_terminal(project, "destroy") as terminal:
        terminal.wait_for(f"Type the name of the stack to delete it ({name}): ")
        terminal.type("yes")
        wrong = terminal.end()
    standing = not gone(project, "one")
    protected = project.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    with on_terminal(project, "destroy") as other:
        other.wait_for("Type the name")
        other.type(name)
        right = other.end()

    assert (wrong, standing, protected["EnableTerminationProtection"]) == (2, True, True)
    assert f"{name}: found 'yes', which is not its name; it was not deleted, and none after it." in terminal.text
    assert (right, gone(project, "one")) == (0, True)


def test_what_is_retained_is_listed_with_how_to_remove_it(project: Project) -> None:
    policies = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    files = project.name("files")
    resources = {"Files": bucket(files, **policies), "Kept": {**topic(), **policies}, "Network": network()}
    name = project.stack("one", resources)
    project.deploy()

    result = project.run("destroy", "--confirm", name)

    assert result.code == 0, result.err
    assert f"{name} (CREATE_COMPLETE): 1 deleted, 2 retained" in result.out
    end = result.out.partition("Retained in the account")[2]
    assert f"AWS::S3::Bucket  {files}" in end
    assert f"s3 rb --force s3://{files}" in end
    assert "old versions of objects are not removed by this: first delete these" in end
    assert "sns delete-topic --topic-arn arn:aws:sns:" in end
    assert f"--endpoint-url {project.endpoint}" in end
    assert "AWS::EC2::VPC" not in end


def test_what_would_be_lost_is_said_first(project: Project) -> None:
    name = project.stack("one", {"Images": images(project.name("images"))})
    project.deploy()

    result = project.run("destroy", "--confirm", name)

    line = f"lost for good: Images (AWS::ECR::Repository) {project.name('images')}: its images are lost"
    assert result.out.index(line) < result.out.index(f"{name}: deleted")


def test_nothing_to_destroy_is_fine(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})

    result = project.run("destroy")

    assert (result.code, f"{name}: there is no such stack." in result.out) == (0, True)


def test_one_stack_can_be_destroyed_alone(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    second = project.stack("two", {"Topic": topic()})
    project.deploy()

    result = project.run("destroy", "--stack", second, "--confirm", second)

    assert result.code == 0, result.err
    assert (gone(project, "one"), gone(project, "two")) == (False, True)


def test_a_stack_whose_values_another_imports_is_kept_with_the_reason(project: Project) -> None:
    export = {"Name": {"Value": "x", "Export": {"Name": project.name("exported")}}}
    first = project.stack("one", {"Topic": topic()}, outputs=export)
    project.stack("two", {"Topic": topic(display={"Fn::ImportValue": project.name("exported")})})
    project.deploy()

    result = project.run("destroy", "--stack", first, "--confirm", first)

    assert result.code == 1
    reason = (
        f"Delete canceled. Cannot delete export {project.name('exported')} as it is in use by {project.name('two')}."
    )
    assert f"First cause: {reason}" in result.err
    assert "State: AWS gave the deletion up; the stack is as it was." in result.err
    assert f"In all: {first}: its deletion failed (CREATE_COMPLETE)." in result.err.splitlines()[-1]
    assert "runs on" not in result.err
    assert "deleted after" not in result.out
    assert "retained" not in result.out.partition(f"{first}: termination protection is off.")[2]
    assert f"{first}: termination protection is on again." in result.out
    assert not gone(project, "one")
    [standing] = project.client("cloudformation").describe_stacks(StackName=first)["Stacks"]
    assert standing["EnableTerminationProtection"]


def test_a_deletion_that_aws_gives_up_stops_the_next_one(project: Project) -> None:
    export = {"Name": {"Value": "x", "Export": {"Name": project.name("exported")}}}
    first = project.stack("one", {"Topic": topic()})
    second = project.stack("two", {"Topic": topic()}, outputs=export)
    project.deploy()
    importing = {"Topic": topic(display={"Fn::ImportValue": project.name("exported")})}
    project.client("cloudformation").create_stack(
        StackName=project.name("other"), TemplateBody=json.dumps({"Resources": importing})
    )
    settle(project, "other", "CREATE_COMPLETE")

    result = project.run("destroy", "--confirm", first, "--confirm", second)

    assert result.code == 1
    last = result.err.splitlines()[-1]
    assert last.startswith(f"In all: {second}: its deletion failed (CREATE_COMPLETE); {first}: not reached.")
    assert not gone(project, "one")


def test_a_deletion_that_failed_half_way_is_protected_again(project: Project) -> None:
    files = project.name("files")
    name = project.stack("one", {"Files": bucket(files), "Topic": topic()})
    project.deploy()
    project.client("s3").put_object(Bucket=files, Key="templates/one", Body=b"1")

    result = project.run("destroy", "--confirm", name)

    [standing] = project.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert (result.code, standing["StackStatus"]) == (1, "DELETE_FAILED")
    assert standing["EnableTerminationProtection"]
    assert f"{name}: termination protection is on again." in result.out
    assert f"Left behind: Files (AWS::S3::Bucket) {files}: " in result.err
    assert f"s3 rb --force s3://{files}" in result.err
    assert result.err.splitlines()[-1].startswith(f"In all: {name}: its deletion failed (DELETE_FAILED).")


def test_another_account_is_refused(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    project.settings["account_id"] = "123456789012"

    result = project.run("destroy", "--confirm", name)

    assert result.code == 2
    assert "it says account 123456789012" in result.err
    assert not gone(project, "one")


def test_machines_are_told_what_stays(project: Project) -> None:
    name = project.stack("one", {"Files": bucket(project.name("files"), DeletionPolicy="Retain")})
    project.deploy()

    result = project.run("destroy", "--json", "--confirm", name)

    [told] = [line for line in result.of_kind("notice") if "retained" in line]
    assert [one["physical_id"] for one in told["retained"]] == [project.name("files")]
