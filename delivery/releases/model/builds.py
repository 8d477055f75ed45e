"""Reads what CodeBuild says of the builds that a pipeline's actions started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_codebuild.type_defs import BuildPhaseTypeDef, BuildTypeDef


MOST_BUILDS = 100
"""https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html"""

GOOD_ENDS = ("SUCCEEDED", None)
"""The status of a phase that went well, or that has not ended yet."""


@dataclass(frozen=True)
class Phase:
    """A phase that went wrong: its type (such as ``PRE_BUILD``), its status, and why, in CodeBuild's words."""

    name: str
    status: str
    message: str


@dataclass(frozen=True)
class Build:
    """A build. ``group`` and ``stream`` name its log in CloudWatch Logs; both are empty while there is none."""

    id: str
    status: str
    phase: str
    group: str
    stream: str
    failed: Phase | None
    """The first phase that went wrong: what comes after it only follows from it."""
    reports: Sequence[str]
    """The ARNs of its reports."""


def read(aws: Aws, ids: Iterable[str]) -> Mapping[str, Build]:
    """Return the builds of these ids that CodeBuild still knows, by id."""
    wanted = list(dict.fromkeys(ids))[:MOST_BUILDS]
    if not wanted:
        return {}
    return {found["id"]: _build(found) for found in aws.codebuild.batch_get_builds(ids=wanted)["builds"]}


def _build(found: BuildTypeDef) -> Build:
    logs = found.get("logs", {})
    failed = (phase for phase in found.get("phases", []) if phase.get("phaseStatus") not in GOOD_ENDS)
    return Build(
        id=found["id"],
        status=found.get("buildStatus", ""),
        phase=found.get("currentPhase", ""),
        group=logs.get("groupName", ""),
        stream=logs.get("streamName", ""),
        failed=next(map(_phase, failed), None),
        reports=found.get("reportArns", []),
    )


def _phase(found: BuildPhaseTypeDef) -> Phase:
    messages = [context.get("message", "") for context in found.get("contexts", [])]
    return Phase(found["phaseType"], found["phaseStatus"], " ".join(filter(None, messages)))
