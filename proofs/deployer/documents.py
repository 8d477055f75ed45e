"""Writes what is needed as IAM policies, none longer than a managed policy may be."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aws_facts import facts
from proofs.deployer.behind_stacks import Needed

Document = dict[str, Any]
_PASSING = "iam:PassRole"
ROLES_FOR = ("codebuild", "codedeploy", "codepipeline", "ecs", "ecs-tasks")
"""The services that the roles of the templates are passed to."""


def together(several: Iterable[Mapping[str, set[str]]]) -> Needed:
    """Return what any of them needs."""
    found: Needed = defaultdict(set)
    for one in several:
        for action, resources in one.items():
            found[action] |= resources
    return found


def statements(needed: Needed, passed_to: Sequence[str]) -> list[Document]:
    """Write one statement for all actions of a service on the same resources; roles are passed to these services."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for action, resources in sorted(needed.items()):
        service = action if action == _PASSING else action.partition(":")[0]
        groups[service, _without_covered(resources)].append(action)
    condition = {"Condition": {"StringEquals": {"iam:PassedToService": [f"{one}.amazonaws.com" for one in passed_to]}}}
    times: dict[str, int] = defaultdict(int)
    made = []
    for (service, names), actions in sorted(groups.items()):
        words = "".join(part.capitalize() for part in service.replace(":", "-").split("-"))
        times[words] += 1
        made.append(
            {
                "Sid": f"{words}{times[words]}",
                "Effect": "Allow",
                "Action": actions,
                "Resource": list(names),
                **(condition if service == _PASSING else {}),
            }
        )
    return made


def policies(made: Sequence[Document]) -> list[Document]:
    """Share statements out over as few documents as they fit in, in their order."""
    most = facts("policy_sizes")["limits"]["AWS::IAM::ManagedPolicy"]["identity"]
    documents: list[Document] = []
    for one in made:
        if not documents or _size({**documents[-1], "Statement": [*documents[-1]["Statement"], one]}) > most:
            documents.append({"Version": "2012-10-17", "Statement": []})
        documents[-1]["Statement"].append(one)
    return documents


def _without_covered(resources: set[str]) -> tuple[str, ...]:
    """Leave out what another one, which ends in ``*``, stands for too."""
    open_ends = {one.removesuffix("*") for one in resources if one.endswith("*")}
    return tuple(
        sorted(one for one in resources if not any(one.startswith(begin) and one != f"{begin}*" for begin in open_ends))
    )


def _size(document: Document) -> int:
    """Count as IAM does, without white space."""
    return len(json.dumps(document, separators=(",", ":")))
