"""Brings a stack into each of CloudFormation's states, and holds what a command says against what AWS then has.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from tests.delivery.project import Document, Project, Result, bucket, topic, waiting
from tests.delivery.proxy import Rule, in_front_of
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import begin, delete_outside, topic_of


def fails(after: str) -> Document:
    """Make a resource that fails at once, when ``after`` is made."""
    arn = "arn:aws:sns:ca-central-1:000000000000:nobodys"
    properties = {"Protocol": "email", "Endpoint": "a@b.c", "TopicArn": arn}
    return {"Fails": {"Type": "AWS::SNS::Subscription", "DependsOn": after, "Properties": properties}}


IMAGE = {"WebImage": {"Type": "String", "Default": ""}}
"""The parameter of each stack: the image that was released, which a release hands to its service's stack."""


def template(resources: Document) -> Document:
    """Make the template of a stack; its topic changes with the image."""
    tagged = {"Tags": [{"Key": "image", "Value": {"Ref": "WebImage"}}]}
    made = {
        name: {**one, "Properties": {**one["Properties"], **tagged}} if one["Type"] == "AWS::SNS::Topic" else one
        for name, one in resources.items()
    }
    return {"Parameters": IMAGE, "Resources": made}


def driver_of(project: Project) -> StackDriver:
    return StackDriver(project.aws, project.name("one"))


def created(project: Project) -> None:
    driver_of(project).create(template({"Topic": topic()}))


def creating(project: Project) -> None:
    resources = {"Topic": topic(), **waiting(120, after="Topic")}
    driver = driver_of(project)
    driver.client.create_stack(StackName=driver.name, TemplateBody=json.dumps(template(resources)))


def creation_failed(project: Project) -> None:
    driver_of(project).create(template({"Topic": topic(), **fails("Topic")}), OnFailure="DO_NOTHING")


def rolled_back(project: Project) -> None:
    driver_of(project).create(template({"Topic": topic(), **fails("Topic")}))


def full_bucket(project: Project) -> None:
    files = project.name("files")
    driver_of(project).create(template({"Files": bucket(files)}))
    project.client("s3").put_object(Bucket=files, Key="templates/one", Body=b"1")


def deletion_failed(project: Project) -> None:
    full_bucket(project)
    driver_of(project).delete()


def deleted(project: Project) -> None:
    created(project)
    driver_of(project).delete()


def updated(project: Project) -> None:
    created(project)
    driver_of(project).update(template({"Topic": topic(display="x")}))


def updating(project: Project) -> None:
    created(project)
    begin(driver_of(project), template({"Topic": topic(display="x"), **waiting(120, after="Topic")}))


def update_failed(project: Project) -> None:
    created(project)
    half = template({"Topic": topic(display="x"), **fails("Topic")})
    driver_of(project).update(half, DisableRollback=True)


def update_rolled_back(project: Project) -> None:
    created(project)
    driver_of(project).update(template({"Topic": topic(display="x"), **fails("Topic")}))


def roll_back_stuck(project: Project) -> None:
    updating(project)
    driver = driver_of(project)
    delete_outside(driver, topic_of(driver))
    driver.client.cancel_update_stack(StackName=driver.name)
    driver.rest()


def reviewed(project: Project) -> None:
    driver_of(project).change_set(template({"Topic": topic()}), "CREATE")


def imported(project: Project) -> None:
    arn = StackDriver(project.aws, project.name("other"))
    arn.create(template({"Topic": {**topic(project.name("kept")), "DeletionPolicy": "Retain"}}))
    kept = topic_of(arn)
    arn.delete()
    driver = driver_of(project)
    driver.execute(
        driver.change_set(
            template({"Topic": {**topic(project.name("kept")), "DeletionPolicy": "Retain"}}),
            "IMPORT",
            ResourcesToImport=[
                {
                    "ResourceType": "AWS::SNS::Topic",
                    "LogicalResourceId": "Topic",
                    "ResourceIdentifier": {"TopicArn": kept},
                }
            ],
        )
    )


REACHED: Mapping[str, Callable[[Project], None]] = {
    "CREATE_COMPLETE": created,
    "CREATE_FAILED": creation_failed,
    "CREATE_IN_PROGRESS": creating,
    "DELETE_COMPLETE": deleted,
    "DELETE_FAILED": deletion_failed,
    "IMPORT_COMPLETE": imported,
    "REVIEW_IN_PROGRESS": reviewed,
    "ROLLBACK_COMPLETE": rolled_back,
    "UPDATE_COMPLETE": updated,
    "UPDATE_FAILED": update_failed,
    "UPDATE_IN_PROGRESS": updating,
    "UPDATE_ROLLBACK_COMPLETE": update_rolled_back,
    "UPDATE_ROLLBACK_FAILED": roll_back_stuck,
}
PASSING = (
    "DELETE_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "IMPORT_ROLLBACK_COMPLETE",
    "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
)
"""States that the local AWS passes too quickly, or never comes to: its answers say them of a stack that it has."""

STATES = (*REACHED, *PASSING)


@contextmanager
def stack_in(project: Project, state: str, rule: Rule = lambda _: None) -> Iterator[None]:
    """Bring the stack ``one`` into the state; ``rule`` may answer some requests in the place of AWS."""
    (REACHED.get(state) or created)(project)
    name = project.name("one")

    def alter(action: str, answer: str) -> str:
        if action != "DescribeStacks" or state in REACHED or f"<StackName>{name}<" not in answer:
            return answer
        return answer.replace("<StackStatus>CREATE_COMPLETE<", f"<StackStatus>{state}<")

    with in_front_of(project, rule, alter) as proxy:
        project.settings["endpoint_url"] = proxy.address
        yield


def picture(project: Project) -> Any:
    """Return all that AWS has of the two stacks, but for change sets; ``None`` for one that is not there."""
    cloudformation = project.client("cloudformation")
    found = {}
    for stack in ("zero", "one"):
        name = project.name(stack)
        try:
            [described] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError:
            continue
        if described["StackStatus"] != "DELETE_COMPLETE":
            resources = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
            protected = described["EnableTerminationProtection"]
            found[stack] = (described["StackId"], described["StackStatus"], protected, resources)
    return found


SAID = re.compile(r"(t[0-9a-f]{10}-\w+): ([^();]+) \(([A-Z_]+)\)")
"""A stack, what was done to it, and the status that it is said to be in."""


def last_line(result: Result) -> str:
    text = (result.out if result.code == 0 else result.err).strip()
    return text.splitlines()[-1]


def assert_true(project: Project, state: str, before: Any, result: Result) -> None:
    """Hold the last line and the exit code against what AWS has now."""
    after, last = picture(project), last_line(result)
    assert "Traceback" not in result.err
    assert "Nothing was changed." in last or "In all: " in last
    if "Nothing was changed." in last:
        assert after.get("zero") == before.get("zero")
        assert after.get("one") == before.get("one") or after.get("one", ("", ""))[1] == "REVIEW_IN_PROGRESS"
    else:
        assert result.code in (0, 1)
    assert result.code != 2 or "Nothing was changed." in last
    assert result.code != 0 or not re.search("failed|runs on|not reached|not known", last)
    for name, done, status in SAID.findall(last):
        stack = name.removeprefix(f"{project.prefix}-")
        now = after[stack][1] if stack in after else "DELETE_COMPLETE"
        told_by_proxy = state if stack == "one" and state in PASSING else now
        assert status in (now, told_by_proxy), (name, done, status)
        assert ("deleted" in done) == (status == "DELETE_COMPLETE" and "failed" not in done), last
    for name in re.findall(r"(\S+): (?:not there|not reached)", last):
        stack = name.removeprefix(f"{project.prefix}-")
        reviewed = "kept in an empty stack" in last and after.get(stack, ("", ""))[1] == "REVIEW_IN_PROGRESS"
        assert reviewed or after.get(stack) == before.get(stack), last
    for name in re.findall(r"(\S+): its \w+ runs on", last):
        assert after[name.removeprefix(f"{project.prefix}-")][1].endswith("_IN_PROGRESS"), last
