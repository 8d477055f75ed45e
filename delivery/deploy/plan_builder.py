"""Reads CloudFormation's description of a change set, with the templates before and after, as a plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from delivery.deploy import property_diff
from delivery.deploy.request import Request
from delivery.model import deletion_plan
from delivery.model.plan import Action, Operation, PropertyChange, ResourceChange, StackPlan, ValueChange
from delivery.model.stacks import HIDDEN

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import (
        ChangeTypeDef,
        DescribeChangeSetOutputTypeDef,
        ResourceChangeDetailTypeDef,
        ResourceChangeTypeDef,
    )


ORDER = (
    Action.ADDED,
    Action.IMPORTED,
    Action.CHANGED,
    Action.MAY_BE_REPLACED,
    Action.REPLACED,
    Action.REMOVED,
    Action.MAY_CHANGE,
)
"""The order in which a person reads a plan."""


def plan_of(
    request: Request,
    described: DescribeChangeSetOutputTypeDef,
    changes: Sequence[ChangeTypeDef],
    deployed: Mapping[str, Any],
) -> StackPlan:
    """Make the plan from a change set, all its ``changes`` and the template that is ``deployed`` (empty: none)."""
    before = deployed.get("Resources") or {}
    resources = [
        _resource_change(change["ResourceChange"], before, request.template.resources)
        for change in changes
        if "ResourceChange" in change
    ]
    standing = request.standing
    hidden = {name for name, said in request.template.parameters.items() if str(said.get("NoEcho")).lower() == "true"}
    values = {name: HIDDEN if name in hidden else value for name, value in request.values.items()}
    create = request.operation is Operation.CREATE
    return StackPlan(
        stack=request.stack.name,
        stack_id=described["StackId"],
        operation=request.operation,
        change_set=described["ChangeSetName"],
        change_set_id=described["ChangeSetId"],
        resources=sorted(resources, key=lambda change: (ORDER.index(change.action), change.logical_id)),
        parameters=[] if create or standing is None else _value_changes(standing.parameters, values),
        tags=[] if create or standing is None else _value_changes(standing.tags, request.stack.tags),
        outputs=[] if create else _value_changes(_texts(deployed), _texts(request.template.document)),
    )


def _resource_change(
    change: ResourceChangeTypeDef, before: Mapping[str, Any], after: Mapping[str, Any]
) -> ResourceChange:
    name, kind = change["LogicalResourceId"], change["ResourceType"]
    old, new = before.get(name) or {}, after.get(name) or {}
    action = _action(change)
    lost = action in (Action.REMOVED, Action.REPLACED, Action.MAY_BE_REPLACED)
    return ResourceChange(
        action=action,
        logical_id=name,
        type=kind,
        physical_id=change.get("PhysicalResourceId", ""),
        properties=_property_changes(change, old, new),
        loss=deletion_plan.loss(str(old.get("Type", kind)), {**new, **old}) if lost else None,
        kept=str(change.get("PolicyAction", "")).endswith("Retain") if lost else False,
    )


def _action(change: ResourceChangeTypeDef) -> Action:
    action = change["Action"]
    if action == "Modify":
        replacement = change.get("Replacement", "False")
        if replacement == "False" and _only_refers(change):
            return Action.MAY_CHANGE
        return {"True": Action.REPLACED, "Conditional": Action.MAY_BE_REPLACED}.get(replacement, Action.CHANGED)
    return {"Add": Action.ADDED, "Import": Action.IMPORTED, "Remove": Action.REMOVED}.get(action, Action.CHANGED)


def _only_refers(change: ResourceChangeTypeDef) -> bool:
    """Report a resource that is listed only because it refers to an attribute of one that changes.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
    """
    details = change.get("Details", [])
    return bool(details) and all(
        detail.get("Evaluation") == "Dynamic"
        and detail.get("ChangeSource") in ("ResourceAttribute", "ResourceReference")
        for detail in details
    )


DIRECT = "template"
"""The cause of a change that stands in the template itself."""


def _property_changes(
    change: ResourceChangeTypeDef, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Sequence[PropertyChange]:
    """Return each place once for each cause: CloudFormation tells a property that has several causes several times."""
    found: list[PropertyChange] = []
    for detail in change.get("Details", []):
        found.extend(entry for entry in _from_detail(detail, old, new) if entry not in found)
    explained = {entry.path for entry in found if entry.cause != DIRECT}
    return [
        entry for entry in found if entry.before != entry.after or entry.cause != DIRECT or entry.path not in explained
    ]


def _from_detail(
    detail: ResourceChangeDetailTypeDef, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[PropertyChange]:
    target = detail.get("Target", {})
    attribute, name = target.get("Attribute", ""), target.get("Name", "")
    replaces = target.get("RequiresRecreation") == "Always"
    cause = _cause(detail)
    if attribute == "Properties" and cause == DIRECT:
        before = (old.get("Properties") or {}).get(name)
        after = (new.get("Properties") or {}).get(name)
        for difference in property_diff.between(before, after, name):
            yield PropertyChange(difference.path, cause, difference.before, difference.after, replaces)
        if before != after:
            return
    yield PropertyChange(
        name or attribute, cause, _value(target.get("BeforeValue")), _value(target.get("AfterValue")), replaces
    )


def _cause(detail: ResourceChangeDetailTypeDef) -> str:
    source, entity = detail.get("ChangeSource", ""), detail.get("CausingEntity", "")
    if source == "ParameterReference":
        return f"parameter {entity}"
    if source in ("ResourceReference", "ResourceAttribute"):
        return f"resource {entity}"
    if source == "DirectModification":
        return DIRECT
    return "stack tags" if detail.get("Target", {}).get("Attribute") == "Tags" else "AWS itself"


def _value(text: str | None) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text) if text else text
    except ValueError:
        return text


def _texts(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the outputs as texts that can be compared."""
    outputs = document.get("Outputs") or {}
    return {name: json.dumps(said, ensure_ascii=False, sort_keys=True) for name, said in outputs.items()}


def _value_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[ValueChange]:
    names = [*before, *(name for name in after if name not in before)]
    return [
        ValueChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]
