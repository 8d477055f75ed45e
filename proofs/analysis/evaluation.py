"""Asks the IAM of the local AWS what it would decide, about policies that need not be anyone's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proofs.analysis.calls import Call
from system_model.roles import Role, policies_of
from system_model.statements import Document

AT_ONCE = 500
"""How many questions one request asks."""

Ask = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]
"""Puts questions to the local AWS, and gives its answers in their order."""


@dataclass(frozen=True)
class Question:
    """Whether a principal (an ARN, or a service's name) may do something.

    ``policies`` are its identity policies by name; with None, those that it has in the local AWS.
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, str]
    policies: Mapping[str, Document] | None

    @property
    def asked(self) -> dict[str, Any]:
        """What the local AWS is asked."""
        words = {"principal": self.principal, "action": self.action, "resource": self.resource}
        policies = {} if self.policies is None else {"policies": self.policies}
        return {**words, "context": dict(self.context), **policies}


@dataclass(frozen=True)
class Verdict:
    """The decision, the places ``(policy, index)`` of the statements that made it, and why none did."""

    allowed: bool
    statements: tuple[tuple[str, int], ...]
    reason: str


class Evaluator:
    """Asks in as few requests as will do."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def verdicts(self, questions: Sequence[Question]) -> list[Verdict]:
        """Return the verdict on each question."""
        answers: list[Mapping[str, Any]] = []
        for start in range(0, len(questions), AT_ONCE):
            answers += self._ask([question.asked for question in questions[start : start + AT_ONCE]])
        return [
            Verdict(
                answer["decision"] == "Allow",
                tuple((one["policy"], one["index"]) for one in answer["statements"]),
                answer.get("reason") or "",
            )
            for answer in answers
        ]


def again(call: Call, role: Role, policies: Mapping[str, Document] | None = None) -> Question:
    """Ask about a call once more: with the policies that the role has in the templates, or with others."""
    documents = policies_of(role) if policies is None else policies
    return Question(role.arn, call.action, call.resource, dict(call.context), documents)
