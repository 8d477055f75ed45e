"""Change sets: made, waited for, read as a plan, and taken away again when they are not executed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.polling import pauses
from delivery.deploy.plan_builder import plan_of
from delivery.deploy.template_upload import template_arguments
from delivery.model import stacks
from delivery.model.plan import StackPlan
from delivery.stacks import early_validation, known_errors, request_tokens
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudformation.type_defs import ChangeTypeDef, DescribeChangeSetOutputTypeDef

    from delivery.aws.session import Aws
    from delivery.deploy.request import Request

WITHOUT_CHANGES = ("didn't contain changes", "No updates are to be performed")
"""Parts of the reasons of a change set that failed because there is nothing to change.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html"""

LONGEST_WAIT = 10.0
"""Minutes that a change set may take to be made."""


def prepare(aws: Aws, request: Request) -> StackPlan | None:
    """Make a change set and give it as a plan; ``None`` where there is nothing to change."""
    name = request_tokens.change_set_name()
    try:
        made = aws.cloudformation.create_change_set(**_arguments(aws, request, name))
        described = _wait(aws, made["Id"], made["StackId"])
    except BaseException:
        with suppress(CannotRunError):  # what went wrong first is what is told
            discard(aws, request.stack.name, name)
        raise
    reason = described.get("StatusReason", "")
    if described["Status"] == "FAILED":
        details = early_validation.failures_of_change_set(aws, made["Id"])
        discard(aws, request.stack.name, name)
        if any(part in reason for part in WITHOUT_CHANGES):
            return None
        hint = known_errors.find(" ".join([reason, *details]))
        advice = f"Hint: {hint.says} ({hint.source})"
        raise CannotRunError(_failure(request, reason), *details, advice, "Nothing was changed.")
    deployed = stacks.template(aws, request.stack.name) if request.standing else {}
    return plan_of(request, described, _changes(aws, described), deployed)


def discard(aws: Aws, stack: str, name: str) -> None:
    """Delete an unexecuted change set, and the empty stack that was made for it; a stack with resources stays."""
    try:
        aws.cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
    except RefusedByAwsError as refusal:
        if not refusal.says_missing:
            raise
        return
    standing = stacks.find(aws, stack)
    if standing is None or standing.status != "REVIEW_IN_PROGRESS":
        return
    if not aws.cloudformation.list_change_sets(StackName=stack)["Summaries"]:
        aws.cloudformation.delete_stack(StackName=standing.id)


def _arguments(aws: Aws, request: Request, name: str) -> dict[str, Any]:
    return {
        "StackName": request.stack.name,
        "ChangeSetName": name,
        "ChangeSetType": request.operation.value,
        "Description": f"Made by {request_tokens.described(request_tokens.token('deploy'))}",
        "Capabilities": list(request.stack.capabilities),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in request.values.items()],
        "Tags": [{"Key": key, "Value": value} for key, value in request.stack.tags.items()],
        "IncludeNestedStacks": False,
        **({"ImportExistingResources": True} if request.import_existing else {}),
        **template_arguments(aws, request.manifest, request.template),
    }


def _wait(aws: Aws, change_set_id: str, stack_id: str) -> DescribeChangeSetOutputTypeDef:
    minutes = min(LONGEST_WAIT, aws.wait_minutes)
    for _ in pauses(minutes):
        described = aws.cloudformation.describe_change_set(
            ChangeSetName=change_set_id, StackName=stack_id, IncludePropertyValues=True
        )
        if described["Status"] in ("CREATE_COMPLETE", "FAILED"):
            return described
    name = stack_id.split("/")[1] if "/" in stack_id else stack_id
    sentence = f"stack {name}: AWS did not finish its change set in {minutes:g} minutes."
    raise CannotRunError(sentence, "Nothing was changed; run it again.")


def _changes(aws: Aws, described: DescribeChangeSetOutputTypeDef) -> Sequence[ChangeTypeDef]:
    """Give the changes of all pages."""
    changes = [*described.get("Changes", [])]
    following = described.get("NextToken")
    while following:
        page = aws.cloudformation.describe_change_set(
            ChangeSetName=described["ChangeSetId"],
            StackName=described["StackId"],
            IncludePropertyValues=True,
            NextToken=following,
        )
        changes.extend(page.get("Changes", []))
        following = page.get("NextToken")
    return changes


def _failure(request: Request, reason: str) -> str:
    return f"stack {request.stack.name}: AWS could not make its change set from {request.template.file}: {reason}"
