"""The ledger: who asked for what, and which statement allowed it or why none did, one JSON line a decision.

The lines' members are described in docs/local-aws.md, section The ledger.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local_aws.iam.jsonl_log import Lines
from local_aws.iam.trace import REQUEST, step_of_call
from local_aws.ministack.cloudformation.stack_roles import stack_of_role
from local_aws.ministack.iam.condition_keys import principal_of_session
from local_aws.ministack.iam.decisions import Decision
from local_aws.ministack.iam.policies import Statement

FILE = Path("ledger") / "calls.jsonl"
"""Below the state folder."""

Call = dict[str, Any]

_LONGEST = 200
"""Characters of what somebody without a principal says that are kept."""

_AT_ONCE, _A_SECOND = 200.0, 10.0
"""Refusals without a principal that are written down, so that whoever makes many does not push out what else stands."""

_LOGGER = logging.getLogger("local_aws")


class _Refusals:
    """Counts refusals, and tells which are written down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left, self._time, self._left_out = _AT_ONCE, time.monotonic(), 0

    def more_since_the_last(self) -> int | None:
        """Report how many were left out since the last one; None where this one is left out too."""
        with self._lock:
            now = time.monotonic()
            self._left = min(_AT_ONCE, self._left + (now - self._time) * _A_SECOND)
            self._time = now
            if self._left < 1:
                self._left_out += 1
                return None
            self._left -= 1
            left_out, self._left_out = self._left_out, 0
            return left_out


class Ledger:
    """The decisions of one embedded AWS, kept below its state folder."""

    def __init__(self, state_folder: Path) -> None:
        self._lines = Lines(state_folder / FILE)
        self._refusals = _Refusals()

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
        self._write(call)

    def _write(self, call: Call) -> None:
        try:
            self._lines.append(lambda sequence: {"time": time.time(), "sequence": sequence, **call})
        except OSError:
            # A disk that is full is no reason to refuse a request that IAM allows.
            _LOGGER.exception("A decision of IAM could not be written to the ledger")

    def refuse(self, action: str, access_key_id: str, reason: str) -> None:
        """Write down that a request without a principal was refused; of very many, how many there were.

        ``access_key_id`` is what it claims, or empty.
        """
        more = self._refusals.more_since_the_last()
        if more is None:
            return
        _LOGGER.warning("Refused %s of %s: %s", action, access_key_id[:_LONGEST] or "nobody", reason)
        left_out = f" {more} requests before this one were refused and not written down." if more else ""
        self._write(
            {
                "execution": None,
                "principal": None,
                "session": None,
                "action": action[:_LONGEST],
                "resources": ["*"],
                "context": {"local-aws:AccessKeyId": access_key_id[:_LONGEST]} if access_key_id else {},
                "decision": "Deny",
                "statements": [],
                "resourcePolicy": None,
                "reason": f"{reason[:_LONGEST]}{left_out}",
                "origin": REQUEST,
                "source": None,
            }
        )

    def calls(self, wanted: Mapping[str, Any]) -> list[Call]:
        """Return the decisions, oldest first: of one ``execution``, of one ``principal``, after ``since`` (epoch)."""
        since = float(wanted.get("since") or 0)
        named = {name: wanted[name] for name in ("execution", "principal") if wanted.get(name)}
        return [
            call
            for call in self._lines.all()
            if call.get("time", 0) > since and all(call.get(name) == value for name, value in named.items())
        ]


def places(statements: Sequence[Statement], principal: str) -> list[dict[str, Any]]:
    """Report where statements of a principal (an ARN) stand."""
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
