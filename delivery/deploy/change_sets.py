"""Change sets: made, waited for, read as a plan, and taken away again when they are not executed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from delivery.aws import console_links
from delivery.aws.errors import RefusedByAwsError
from delivery.aws.polling import pauses
from delivery.aws.session import Aws
from delivery.causes import search
from delivery.deploy.plan_builder import plan_of
from delivery.deploy.request import Request, template_arguments
from delivery.model import stacks
from delivery.model.plan import StackPlan
from delivery.model.stacks import StackState
from delivery.stacks import early_validation, request_tokens
from delivery.stacks.record import Work
from reporting import signals
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import (
        ChangeTypeDef,
        CreateChangeSetOutputTypeDef,
        DescribeChangeSetOutputTypeDef,
    )


WITHOUT_CHANGES = ("didn't contain changes", "No updates are to be performed")
"""Parts of the reasons of a change set that failed because there is nothing to change.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html"""

LONGEST_WAIT = 10.0
"""Minutes that a change set may take to be made."""


class Draft:
    """A change set that is taken away again unless it is kept; ``name`` is known before AWS is asked for it."""

    def __init__(self, work: Work, stack: str) -> None:
        self.name = request_tokens.change_set_name()
        self._work = work
        self._stack = stack
        self._made = False
        self._kept = False
        self._stack_is_new = False

    def keep(self) -> None:
        """Let it be: it is executed, or was asked for."""
        self._kept = True

    def drop(self) -> None:
        """Let it be taken away after all."""
        self._kept = False

    def begin(self, standing: StackState | None) -> None:
        """Note that AWS is asked for it now; ``standing`` is the stack as it was before."""
        self._made, self._stack_is_new = True, standing is None

    def discard(self) -> None:
        """Take it away, and the empty stack that was made for it; what can't be is noted for the end."""
        if not self._made or self._kept:
            return
        self._made = False
        left = f"change set {self.name} of {self._stack} may be left, and does nothing by itself"
        try:
            with signals.shielded():
                _delete(self._work.aws, self._stack, self.name, with_stack=self._stack_is_new)
        except CannotRunError:
            self._work.record.note(left)


@contextmanager
def draft(work: Work, stack: str) -> Iterator[Draft]:
    """Within this, a change set may be made; at the end it is taken away unless it was kept."""
    made = Draft(work, stack)
    try:
        yield made
    finally:
        made.discard()


def prepare(work: Work, request: Request, made: Draft) -> StackPlan | None:
    """Make the change set ``made`` and return it as a plan; ``None`` where there is nothing to change."""
    aws, stack = work.aws, request.stack.name
    made.begin(request.review or request.standing)
    with signals.shielded():  # what AWS was asked for can be taken away only once it has answered
        answer = _create(aws, request, made.name)
    described = _wait(aws, answer["Id"], answer["StackId"])
    reason = described.get("StatusReason", "")
    if described["Status"] == "FAILED":
        if any(part in reason for part in WITHOUT_CHANGES):
            return None
        details = early_validation.failures_of_change_set(aws, answer["Id"])
        raise CannotRunError(_failure(request, reason), *details, search.hint([reason, *details]))
    deployed = stacks.template(aws, stack) if request.standing else {}
    return plan_of(request, described, _changes(aws, described), deployed)


def discard_older_reviews(work: Work, stack: str) -> None:
    """Take away the change sets that this user's reviews from this machine left before; nobody else's."""
    pages = work.aws.cloudformation.get_paginator("list_change_sets").paginate(StackName=stack)
    own = [
        one["ChangeSetName"]
        for page in pages
        for one in page["Summaries"]
        if request_tokens.is_own_change_set(one["ChangeSetName"]) and one.get("Description") == _description()
    ]
    for name in own:
        _delete(work.aws, stack, name, with_stack=False)
    if own:
        work.record.note(f"this review replaces the older {' and '.join(own)}")


def _delete(aws: Aws, stack: str, name: str, *, with_stack: bool) -> None:
    """Delete an unexecuted change set, and with it the empty stack, if no other change set is in that."""
    try:
        aws.cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
    except RefusedByAwsError as refusal:
        if not refusal.says_missing:
            raise
        return
    standing = stacks.find(aws, stack) if with_stack else None
    if standing is None or standing.status != "REVIEW_IN_PROGRESS":
        return
    if not aws.cloudformation.list_change_sets(StackName=stack)["Summaries"]:
        aws.cloudformation.delete_stack(StackName=standing.id)


def _create(aws: Aws, request: Request, name: str) -> CreateChangeSetOutputTypeDef:
    try:
        return aws.cloudformation.create_change_set(**_arguments(aws, request, name))
    except RefusedByAwsError as refusal:
        if not refusal.code.startswith("LimitExceeded"):
            raise
        stack = request.stack.name
        listing = console_links.command_line(aws.environment, "cloudformation list-change-sets --stack-name", stack)
        raise CannotRunError(
            f"stack {stack}: AWS takes no more change sets of it ({refusal.message.rstrip('.')}); see which there are "
            f"with `{listing}`, and delete those that are not needed (delete-change-set)."
        ) from None


def _description() -> str:
    return f"Made by {request_tokens.described(request_tokens.token('deploy'))}"


def _arguments(aws: Aws, request: Request, name: str) -> dict[str, Any]:
    return {
        "StackName": request.stack.name,
        "ChangeSetName": name,
        "ChangeSetType": request.operation.value,
        "Description": _description(),
        "Capabilities": list(request.stack.capabilities),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in request.values.items()],
        "Tags": [{"Key": key, "Value": value} for key, value in request.stack.tags.items()],
        "IncludeNestedStacks": False,
        **({"ImportExistingResources": True} if request.import_existing else {}),
        **({"RoleARN": aws.environment.cloudformation_role} if aws.environment.cloudformation_role else {}),
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
    raise CannotRunError(sentence, "Run it again.")


def _changes(aws: Aws, described: DescribeChangeSetOutputTypeDef) -> Sequence[ChangeTypeDef]:
    """Return the changes of all pages."""
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
