"""Forward actions to several target groups: kept, shown, and requests split by the groups' weights.

MiniStack keeps the first target group of a forward action. A target group is chosen without a look at its targets, as
on AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#forward-actions
"""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

from local_aws.ministack.adapter import Answer

Action = dict[str, Any]
Group = Mapping[str, Any]
_FORWARD, _CONFIG, _GROUPS, _ARN = "forward", "ForwardConfig", "TargetGroups", "TargetGroupArn"
_STICKY = "TargetGroupStickinessConfig"
_MOST_GROUPS, _HIGHEST_WEIGHT = 5, 999


def split_by_weight() -> None:
    """Have listeners and rules keep all groups of a forward action, and requests go to one by the weights."""
    parse, show = alb._parse_actions, alb._action_xml
    of_template, execute = provisioners._elbv2_listener_actions, alb._execute_actions

    def parse_actions(params: Mapping[str, Any], prefix: str = "DefaultActions") -> list[Action]:
        actions: list[Action] = parse(params, prefix)
        for number, action in enumerate(actions, 1):
            place = f"{prefix}.member.{number}.{_CONFIG}"
            _keep(action, list(_groups_of_request(params, place)), alb._p(params, f"{place}.{_STICKY}.Enabled"))
        return actions

    def listener_actions(properties: Mapping[str, Any], balancer: str | None, prop: str = "DefaultActions") -> Any:  # noqa: ANN401 - MiniStack's
        actions: list[Action] = of_template(properties, balancer, prop)
        for action, given in zip(actions, filter(_is_object, properties.get(prop) or []), strict=True):
            config = given.get(_CONFIG) or {}
            _keep(action, _checked(config.get(_GROUPS) or []), (config.get(_STICKY) or {}).get("Enabled"))
        return actions

    def action_xml(action: Action) -> str:
        text: str = show(action)
        return text.replace("</member>", f"{_config_xml(action[_CONFIG])}</member>") if _CONFIG in action else text

    async def execute_actions(actions: Sequence[Action], *rest: Any, **more: Any) -> Answer:  # noqa: ANN401 - MiniStack's
        answer: Answer = await execute([_chosen(action) for action in actions], *rest, **more)
        return answer

    alb._parse_actions, alb._action_xml, alb._execute_actions = parse_actions, action_xml, execute_actions
    provisioners._elbv2_listener_actions = listener_actions


def split(rule_arn: str, group: str, other: str, share: float) -> None:
    """Have a rule send that share (percent, a multiple of 0.1) of its requests to ``group``, the rest to ``other``."""
    rule = alb._rules.get(rule_arn)
    if rule is None:
        raise ValueError(f"Rule '{rule_arn}' not found.")
    whole = 100 if float(share).is_integer() else _HIGHEST_WEIGHT
    weight = round(share * whole / 100)
    groups = [{_ARN: group, "Weight": weight}, {_ARN: other, "Weight": whole - weight}]
    kept: Action = next((one for one in rule.get("Actions") or [] if one["Type"].lower() == _FORWARD), {})
    sticky = (kept.get(_CONFIG) or {}).get(_STICKY) or {"Enabled": False}
    forward = {"Type": _FORWARD, "Order": kept.get("Order", 1), _CONFIG: {_GROUPS: groups, _STICKY: sticky}}
    # A new list: a request that reads the old one is not disturbed.
    others = [one for one in rule.get("Actions") or [] if one["Type"].lower() != _FORWARD]
    rule["Actions"] = [*others, forward]
    if rule.get("IsDefault"):
        alb._listeners[rule["ListenerArn"]]["DefaultActions"] = rule["Actions"]


def rules_between(listeners: Sequence[str], groups: Sequence[str]) -> dict[str, str]:
    """Return the rules of listeners that send requests to one of the groups.

    By a rule's ARN, what is changed for it: the rule itself, or the listener whose default it is.
    """
    return {
        arn: rule["ListenerArn"] if rule.get("IsDefault") else arn
        for arn, rule in list(alb._rules.items())
        if rule.get("ListenerArn") in listeners and not set(groups).isdisjoint(_targets(rule.get("Actions") or ()))
    }


def _targets(actions: Sequence[Action]) -> Iterator[str]:
    for action in actions:
        yield action.get(_ARN, "")
        yield from (group[_ARN] for group in (action.get(_CONFIG) or {}).get(_GROUPS) or ())


def _keep(action: Action, groups: Sequence[Group], sticky: Any) -> None:  # noqa: ANN401 - a request's text, or a template's value
    """Have an action hold its groups; one group is named in both forms, as AWS shows it."""
    if action["Type"].lower() != _FORWARD:
        return
    groups = groups or [{_ARN: action[_ARN], "Weight": 1}] if groups or action.get(_ARN) else []
    if not groups:
        return
    action[_CONFIG] = {_GROUPS: list(groups), _STICKY: {"Enabled": str(sticky or "").lower() == "true"}}
    if len(groups) == 1:
        action[_ARN] = groups[0][_ARN]
    else:
        action.pop(_ARN, None)


def _groups_of_request(params: Mapping[str, Any], place: str) -> Iterator[Group]:
    for number in itertools.count(1):
        arn = alb._p(params, f"{place}.{_GROUPS}.member.{number}.{_ARN}")
        if not arn:
            return
        yield {_ARN: arn, "Weight": int(alb._p(params, f"{place}.{_GROUPS}.member.{number}.Weight") or 1)}


def _checked(groups: Sequence[Any]) -> Sequence[Group]:
    """Return a template's groups with weights as numbers; ``ValueError`` refuses them with AWS's limits."""
    found = [{_ARN: group[_ARN], "Weight": int(group.get("Weight", 1))} for group in filter(_is_object, groups)]
    if len(found) > _MOST_GROUPS:
        raise ValueError(f"A forward action can have up to {_MOST_GROUPS} target groups, but {len(found)} were given")
    for group in found:
        if not 0 <= group["Weight"] <= _HIGHEST_WEIGHT:
            raise ValueError(f"Weight '{group['Weight']}' must be between 0 and {_HIGHEST_WEIGHT} inclusive")
    return found


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _config_xml(config: Mapping[str, Any]) -> str:
    groups = "".join(
        f"<member><{_ARN}>{group[_ARN]}</{_ARN}><Weight>{group['Weight']}</Weight></member>"
        for group in config[_GROUPS]
    )
    sticky = str(config[_STICKY]["Enabled"]).lower()
    return f"<{_CONFIG}><{_GROUPS}>{groups}</{_GROUPS}><{_STICKY}><Enabled>{sticky}</Enabled></{_STICKY}></{_CONFIG}>"


def _chosen(action: Action) -> Action:
    """Return a forward action to one target group; where all weights are 0 nobody answers."""
    groups = (action.get(_CONFIG) or {}).get(_GROUPS) or []
    if len(groups) <= 1 and _ARN in action:
        return action
    weights = [group["Weight"] for group in groups]
    if action["Type"].lower() != _FORWARD or not groups:
        return action
    if not sum(weights):
        return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    return {**action, _ARN: random.choices(groups, weights)[0][_ARN]}  # noqa: S311 - no secret
