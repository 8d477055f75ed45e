"""Every decision of MiniStack's IAM, told to who listens: what was asked, what answered, and which statements did."""

import contextvars
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import sts

from local_aws.ministack.error_messages import reason_of_distrust, reason_of_refusal
from local_aws.ministack.iam.condition_keys import FixedRequest
from local_aws.ministack.iam.policies import Statement

EXECUTION = "PipelineExecution"
"""The member of a session's record that names the pipeline execution in whose name it was opened."""

Limits = Sequence[Sequence[Sequence[Statement]]]


@dataclass(frozen=True)
class Evaluation:
    """One pass over one set of policies, with what it came to: Allow, Deny or ImplicitDeny."""

    request: Any
    policies: Sequence[Sequence[Statement]]
    limits: Limits
    outcome: str


@dataclass(frozen=True)
class Decision:
    """What IAM decided on one action and one resource.

    ``principal_arn`` is a session's where a role acts. ``statements`` are all identity statements that allow it, or the
    one that denies it; ``resource_policy`` is the ARN of the resource whose own policy allowed or denied it.
    """

    principal_arn: str
    execution_id: str
    action: str
    resource: str
    context: Mapping[str, Any]
    allowed: bool
    statements: Sequence[Statement]
    resource_policy: str | None
    reason: str | None


Hear = Callable[[Decision], None]

_trace: contextvars.ContextVar[list[Evaluation] | None] = contextvars.ContextVar("evaluations", default=None)
_execution: contextvars.ContextVar[str] = contextvars.ContextVar("pipeline_execution", default="")


def execution_of_request() -> str:
    """Return the pipeline execution in whose name the running request is made; empty where it is none's."""
    return _execution.get()


def execution_of(access_key_id: str) -> str:
    """Return the pipeline execution in whose name a session was opened; empty where it is none's."""
    return str((sts._sessions.get(access_key_id) or {}).get(EXECUTION, ""))


@contextmanager
def acting_for(execution_id: str) -> Iterator[None]:
    """Have sessions that are opened within be of a pipeline execution, and decisions too."""
    token = _execution.set(execution_id)
    try:
        yield
    finally:
        _execution.reset(token)


def hand_executions_on() -> None:
    """Have a session that another one opens be of the same pipeline execution."""
    register = sts.register_session

    def register_session(access_key: str, session: dict[str, Any]) -> None:
        session.setdefault(EXECUTION, _execution.get())
        register(access_key, session)

    sts.register_session = register_session


def tell_of_requests(hear: Hear | None) -> None:
    """Have ``hear`` be told of each decision on a request of a user or a role; with None, keep executions alone."""
    original, evaluate = iam_evaluator.enforce, iam_evaluator.evaluate

    def traced(request: Any, policies: Any, *limits: Any) -> Any:  # noqa: ANN401 - MiniStack is untyped here
        result = evaluate(request, policies, *limits)
        trace = _trace.get()
        if trace is not None:
            trace.append(Evaluation(request, policies, limits, result.decision))
        return result

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - the same
        _execution.set(execution_of(access_key_id))
        if hear is None:
            return original(access_key_id, iam_action, service, region, resource_arn, service_context)
        with tracing() as trace:
            denied = original(access_key_id, iam_action, service, region, resource_arn, service_context)
        if trace:
            hear(decided(trace, allowed=denied is None, given=service_context or {}))
        return denied

    iam_evaluator.enforce, iam_evaluator.evaluate = enforce, traced


def tell_of_trust(hear: Hear) -> None:
    """Have ``hear`` be told of each decision of a role's trust policy, of a service's and of a principal's request."""
    original = iam_evaluator.evaluate_trust_policy

    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:  # noqa: ANN401 - the same
        allowed = bool(original(trust_doc, caller_arn, ctx))
        if ctx is not None and not isinstance(ctx, FixedRequest):
            hear(of_trust(trust_doc, ctx, allowed=allowed))
        return allowed

    iam_evaluator.evaluate_trust_policy = evaluate_trust_policy


def of_trust(trust: Any, request: Any, *, allowed: bool) -> Decision:  # noqa: ANN401 - the same
    """Sum up the decision of a trust policy."""
    return Decision(
        principal_arn=request.principal_arn,
        execution_id=_execution.get(),
        action=request.action,
        resource=request.resource_arn,
        context=known_keys(request, {}),
        allowed=allowed,
        statements=[],
        resource_policy=request.resource_arn,
        reason=None if allowed else reason_of_distrust(trust, request),
    )


@contextmanager
def tracing() -> Iterator[list[Evaluation]]:
    """Collect the evaluations that are made within."""
    trace: list[Evaluation] = []
    token = _trace.set(trace)
    try:
        yield trace
    finally:
        _trace.reset(token)


def decided(trace: Sequence[Evaluation], *, allowed: bool, given: Mapping[str, Any]) -> Decision:
    """Sum up the evaluations behind one decision: of identity policies first, then of the resource's own."""
    identity, *resource = trace
    request = identity.request
    wanted = "Allow" if allowed else "Deny"
    by_resource = any(each.outcome == wanted for each in resource)
    # What a trust policy grants by naming its principal was looked at outside of the evaluator.
    by_trust = allowed and identity.outcome != "Allow" and not resource
    return Decision(
        principal_arn=request.principal_arn,
        execution_id=_execution.get(),
        action=request.action,
        resource=request.resource_arn,
        context=known_keys(request, given),
        allowed=allowed,
        statements=_matching(identity, wanted) if identity.outcome == wanted else [],
        resource_policy=request.resource_arn if by_resource or by_trust else None,
        reason=None if allowed else reason_of_refusal(identity, by_resource=by_resource),
    )


def _matching(evaluation: Evaluation, effect: str) -> list[Statement]:
    return [
        statement
        for policy in evaluation.policies
        for statement in policy
        if isinstance(statement, Statement)
        and statement.names(evaluation.request.action)
        and iam_evaluator._first_match(evaluation.request, [statement], effect) is not None
    ]


def known_keys(request: Any, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - the same
    """Return the condition keys of a request that have a value, in the spelling of their documentation where known."""
    names = _OF_A_SERVICE if request.principal_type == "AWSService" else _GLOBAL_KEYS
    keys = {name: iam_evaluator._resolve_condition_key(name, request) for name in names}
    spelled = {name.lower(): name for name in given}
    for name, value in {**request.principal_keys, **request.service_context}.items():
        keys[_SPELLED.get(name) or spelled.get(name, name)] = value
    return {name: value for name, value in keys.items() if value is not None}


_GLOBAL_KEYS = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:SecureTransport",
    "aws:SourceIp",
)
_OF_A_SERVICE = ("aws:ResourceAccount", "aws:SecureTransport")
_SPELLED = {
    name.lower(): name
    for name in (
        "aws:MultiFactorAuthPresent",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:TagKeys",
        "aws:TokenIssueTime",
        "aws:userid",
        "aws:username",
        "sts:ExternalId",
        "sts:RoleSessionName",
    )
}
