"""What earlier tries left is cleared away where that loses nothing, and said; otherwise what to do is said."""

import json
import time

from tests.delivery.project import Document, Project, bucket, network, topic, waiting
from tests.delivery.test_interruption import signal_ready
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator, begin, delete_outside, topic_of


def settle(project: Project, stack: str, *statuses: str) -> str:
    for _ in range(300):
        status = project.status(stack)
        if status in statuses:
            return status
        time.sleep(0.1)
    raise AssertionError(f"{stack} is in {status}")


def body(resources: Document) -> str:
    return json.dumps({"Resources": resources})


def occupy(project: Project, stack: str) -> str:
    """Put a subnet into the network of a stack as soon as it is there, so that it can't be deleted; name its stack."""
    cloudformation = project.client("cloudformation")
    network_id = ""
    for _ in range(100):
        found = cloudformation.describe_stack_resources(StackName=project.name(stack))["StackResources"]
        ready = [one for one in found if one["LogicalResourceId"] == "Network" and "COMPLETE" in one["ResourceStatus"]]
        if ready:
            network_id = ready[0]["PhysicalResourceId"]
            break
        time.sleep(0.05)
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": network_id, "CidrBlock": "10.9.1.0/24"}}
    cloudformation.create_stack(StackName=project.name("occupant"), TemplateBody=body({"Subnet": subnet}))
    settle(project, "occupant", "CREATE_COMPLETE")
    return project.name("occupant")


def leave(project: Project) -> None:
    """Take the subnet away again."""
    cloudformation = project.client("cloudformation")
    cloudformation.delete_stack(StackName=project.name("occupant"))
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=project.name("occupant"), WaiterConfig={"Delay": 1}
    )


def put_a_file(project: Project, files: str) -> None:
    """Put an object into a bucket as soon as it is there, so that it can't be deleted."""
    s3 = project.client("s3")
    s3.get_waiter("bucket_exists").wait(Bucket=files, WaiterConfig={"Delay": 1})
    s3.put_object(Bucket=files, Key="templates/one", Body=b"1")


def test_a_failed_first_create_is_cleared_away_and_made_anew(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(1, after="Topic")})
    failed = project.deploy()
    assert (failed.code, project.status("one")) == (1, "ROLLBACK_COMPLETE")
    project.stack("one", {"Topic": topic()})

    result = project.deploy()

    assert result.code == 0, result.err
    assert (
        f"{name}: removing what an earlier failed try left (ROLLBACK_COMPLETE), then creating it again." in result.out
    )
    assert project.status("one") == "CREATE_COMPLETE"


def test_a_create_that_was_told_not_to_roll_back_is_cleared_away(project: Project) -> None:
    name = project.name("one")
    project.client("cloudformation").create_stack(
        StackName=name, TemplateBody=body({"Topic": topic(), **waiting(1, after="Topic")}), OnFailure="DO_NOTHING"
    )
    settle(project, "one", "CREATE_FAILED")
    project.stack("one", {"Topic": topic()})

    result = project.deploy()

    assert (result.code, project.status("one")) == (0, "CREATE_COMPLETE"), result.err


def roll_back_stuck(project: Project) -> str:
    """Have a first create fail, and its roll-back as well; name the stack."""
    name = project.name("one")
    resources = {"Network": network(), **waiting(60, after="Network")}
    project.client("cloudformation").create_stack(StackName=name, TemplateBody=body(resources))
    occupy(project, "one")
    signal_ready(project, "one", "FAILURE")
    settle(project, "one", "ROLLBACK_FAILED")
    project.stack("one", {"Topic": topic()})
    return name


def test_a_roll_back_that_failed_is_finished(project: Project) -> None:
    name = roll_back_stuck(project)
    leave(project)

    result = project.deploy()

    assert f"{name}: removing what an earlier failed try left (ROLLBACK_FAILED), then creating it again." in result.out
    assert (result.code, project.status("one")) == (0, "CREATE_COMPLETE"), result.err


def test_a_roll_back_that_failed_on_something_with_data_is_refused_with_what_to_do(project: Project) -> None:
    name, files = project.name("one"), f"{project.prefix}-files"
    resources = {"Files": bucket(files), **waiting(60, after="Files")}
    project.client("cloudformation").create_stack(StackName=name, TemplateBody=body(resources))
    put_a_file(project, files)
    signal_ready(project, "one", "FAILURE")
    settle(project, "one", "ROLLBACK_FAILED")
    project.stack("one", {"Topic": topic()})

    result = project.deploy()

    assert result.code == 2
    assert f"{name}: it is in ROLLBACK_FAILED and still has Files (AWS::S3::Bucket) {files}" in result.err
    assert f"Delete the stack with `bin/destroy --stack {name}` if you don't need what these hold." in result.err
    assert project.status("one") == "ROLLBACK_FAILED"


def test_a_deletion_that_failed_is_finished_and_the_stack_made_anew(project: Project) -> None:
    name = project.stack("one", {"Network": network()})
    project.deploy()
    occupy(project, "one")
    destroyed = project.run("destroy", "--confirm", name)
    leave(project)

    result = project.deploy()

    assert destroyed.code == 1
    assert f"{name}: it failed after" in destroyed.err
    assert "State: What could not be deleted is still in the stack; the rest is deleted." in destroyed.err
    assert f"{name}: removing what an earlier failed try left (DELETE_FAILED), then creating it again." in result.out
    assert (result.code, project.status("one")) == (0, "CREATE_COMPLETE"), result.err


def stuck(project: Project) -> StackDriver:
    """Have the roll-back of an update get stuck, as its topic was deleted meanwhile."""
    driver = StackDriver(project.aws, project.stack("one", {"Topic": topic(project.prefix, "before")}))
    project.deploy()
    begin(driver, {"Resources": {"Topic": topic(project.prefix, "after"), **waiting(60, after="Topic")}})
    delete_outside(driver, topic_of(driver))
    driver.client.cancel_update_stack(StackName=driver.name)
    assert driver.rest() == "UPDATE_ROLLBACK_FAILED"
    return driver


def test_an_update_whose_roll_back_got_stuck_is_let_go_on(project: Project) -> None:
    driver = stuck(project)
    administrator(project.aws, "sns").create_topic(Name=project.prefix)

    result = project.deploy()

    assert (result.code, project.status("one")) == (0, "UPDATE_ROLLBACK_COMPLETE"), result.err
    assert f"{driver.name}: its roll-back got stuck (UPDATE_ROLLBACK_FAILED); continuing it." in result.out
    assert f"{driver.name}: nothing to change." in result.out
    assert result.out.splitlines()[-1] == f"In all: {driver.name}: rolled back (UPDATE_ROLLBACK_COMPLETE)."


def test_a_roll_back_that_gets_stuck_again_says_what_to_do(project: Project) -> None:
    driver = stuck(project)

    result = project.deploy()

    assert result.code == 1
    assert f"{driver.name}: its roll-back failed again and it is in UPDATE_ROLLBACK_FAILED" in result.err
    assert f"continue-update-rollback --stack-name {driver.name} --resources-to-skip Topic" in result.err
    assert f"In all: {driver.name}: its roll-back failed (UPDATE_ROLLBACK_FAILED)." in result.err.splitlines()[-1]


def test_an_update_that_stopped_half_way_is_rolled_back_first(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    project.client("cloudformation").update_stack(
        StackName=name,
        TemplateBody=body({"Topic": topic(display="half"), **waiting(1, after="Topic")}),
        DisableRollback=True,
    )
    settle(project, "one", "UPDATE_FAILED")
    project.stack("one", {"Topic": topic(display="whole")})

    result = project.deploy()

    assert result.code == 0, result.err
    assert f"{name}: its last update stopped half-way (UPDATE_FAILED); rolling it back." in result.out
    assert project.status("one") == "UPDATE_COMPLETE"


def test_nothing_is_cleared_away_where_nobody_agreed(project: Project) -> None:
    project.stack("one", {"Topic": topic(), **waiting(1, after="Topic")})
    project.deploy()
    project.settings["unattended"] = False

    result = project.deploy()

    assert (result.code, project.status("one")) == (2, "ROLLBACK_COMPLETE")
    assert "there is no terminal to ask on" in result.err


def test_what_a_failed_create_made_does_not_stand_in_the_way_even_when_it_is_retained(project: Project) -> None:
    files = project.name("files")
    kept = bucket(files, DeletionPolicy="Retain", UpdateReplacePolicy="Retain")
    project.stack("one", {"Files": kept, **waiting(1, after="Files")})
    project.deploy()
    project.stack("one", {"Files": kept})

    result = project.deploy()

    assert result.code == 0, result.err


def test_a_name_that_is_taken_is_said_with_what_to_do(project: Project) -> None:
    kept = bucket(project.name("files"), DeletionPolicy="Retain", UpdateReplacePolicy="Retain")
    name = project.stack("one", {"Files": kept})
    project.deploy()
    project.run("destroy", "--confirm", name)

    result = project.deploy()

    assert result.code == 1
    assert f"Resource of type 'AWS::S3::Bucket' with identifier '{project.name('files')}' already exists." in result.err
    assert "bin/deploy --import-existing" in result.err


def test_what_an_earlier_stack_retained_can_be_taken_in(project: Project) -> None:
    properties = {"LogGroupName": project.name("logs")}
    logs = {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain", "Properties": properties}
    name = project.stack("one", {"Logs": logs})
    project.deploy()
    project.run("destroy", "--confirm", name)

    result = project.deploy("--import-existing")

    assert result.code == 0, result.err
    assert "> imported  Logs  AWS::Logs::LogGroup" in result.out
