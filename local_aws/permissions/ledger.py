"""The ledger: who asked for what, and which statement allowed it or why none did, one JSON line a decision.

The lines' members are described in docs/local-aws.md, section The ledger.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local_aws.ministack.condition_keys import principal_of_session
from local_aws.ministack.decisions import Decision
from local_aws.ministack.policies import Statement
from local_aws.ministack.stack_roles import stack_of_role
from local_aws.permissions.lines import Lines
from local_aws.permissions.steps import REQUEST, step_of_call

FILE = Path("ledger") / "calls.jsonl"
"""Below the state folder."""

Call = dict[str, Any]

_LOGGER = logging.getLogger("local_aws")


class Ledger:
    """The decisions of one embedded AWS, kept below its state folder."""

    def __init__(self, state_folder: Path) -> None:
        self._lines = Lines(state_folder / FILE)

    def hear(self, decision: Decision) -> None:
        """Write one decision down."""
        step = step_of_call()
        principal = principal_of_session(decision.principal_arn)
        call = {
            "execution": decision.execution_id or None,
            "principal": principal,
            "session": _session(decision.principal_arn),
            "action": decision.action,
            "resources": [decision.resource],
            "context": decision.context,
            "decision": "Allow" if decision.allowed else "Deny",
            "statements": places(decision.statements, principal),
            "resourcePolicy": decision.resource_policy,
            "reason": decision.reason,
            "origin": step.name if step else REQUEST,
            "source": step.source if step else None,
        }
        try:
            self._lines.append(lambda sequence: {"time": time.time(), "sequence": sequence, **call})
        except OSError:
            # A disk that is full is no reason to refuse a request that IAM allows.
            _LOGGER.exception("A decision of IAM could not be written to the ledger")

    def calls(self, wanted: Mapping[str, Any]) -> list[Call]:
        """Give the decisions, oldest first: of one ``execution``, of one ``principal``, after ``since`` (epoch)."""
        since = float(wanted.get("since") or 0)
        named = {name: wanted[name] for name in ("execution", "principal") if wanted.get(name)}
        return [
            call
            for call in self._lines.all()
            if call["time"] > since and all(call.get(name) == value for name, value in named.items())
        ]


def places(statements: Sequence[Statement], principal: str) -> list[dict[str, Any]]:
    """Tell where statements of a principal (an ARN) stand."""
    name = principal.rpartition("/")[2]
    made = stack_of_role(principal.split(":")[4], name) if statements and ":role/" in principal else None
    stack, logical_id = made or (None, None)
    return [
        {
            "stack": stack,
            "logicalId": logical_id,
            "role": name,
            "policy": one.policy,
            "sid": one.sid or None,
            "index": one.index,
        }
        for one in statements
    ]


def _session(principal_arn: str) -> str | None:
    return principal_arn.rpartition("/")[2] if ":assumed-role/" in principal_arn else None
