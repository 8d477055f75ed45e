"""A sample of removals played in full: what recorded requests tell of a missing statement is what then happens."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from proofs.analysis.minimal_policy import MinimalPolicy, Removal
from proofs.analysis.report_problems import fault
from proofs.rehearsal.builds import without
from proofs.rehearsal.rehearsal_runner import Evidence, rehearsed
from proofs.report.page_roles import first_refusal
from reporting.findings import Finding

SAMPLES = (
    "PipelineRole:UseConnection",
    "TestRole:ReadParameters",
    "SecureRole:StoreArtifacts",
    "BakeImageRole:PushImage",
    "*ExecutionRole:PullImage",
    "PullRequestRole:CloneThroughConnection",
)
"""Patterns of what is taken away: a statement of every role that has any, each needed by another action."""


@dataclass(frozen=True)
class Sample:
    """A statement that was taken away, what was told beforehand to come of it, and what came of it."""

    removal: Removal
    evidence: Evidence

    @property
    def name(self) -> str:
        """The role and the statement."""
        return self.removal.cut.name

    @property
    def came_true(self) -> bool:
        """Whether a scenario failed, and a request was refused of which that was told."""
        told = {(call.action, call.resource) for call, _ in self.removal.refused}
        calls = [call for several in self.evidence.calls.values() for call in several]
        refused = {(call.action, call.resource) for call in calls if not call.allowed}
        return self.evidence.failure is not None and bool(told & refused)


def samples(held: Sequence[MinimalPolicy], build: Path, tell: Callable[[str], None]) -> Iterator[Sample]:
    """Play the scenarios without each statement of the sample."""
    for each in held:
        for removal in each.removals:
            cut = removal.cut
            is_statement = cut.action is None and cut.resource is None
            if is_statement and any(fnmatchcase(cut.name, pattern) for pattern in SAMPLES):
                tell(f"without {cut.name} ...")
                with rehearsed(build, _silently, without(cut.role.id, cut.statement.sid)) as played:
                    yield Sample(removal, played.evidence)


def _silently(_: str) -> None:
    """Say nothing of each scenario."""


def faults(found: Sequence[Sample]) -> Iterator[Finding]:
    """Report removals that did not come to what the recorded requests had told."""
    for one in found:
        if not one.came_true:
            cut, first = one.removal.cut, first_refusal(one.removal)
            told = f"{first[1]} ({first[0]})" if first else "nothing"
            sentence = f"without it, recorded requests show {told}, and playing the scenarios shows something else."
            yield fault(
                "replay-differs", cut.role, cut.statement, sentence, "Look at what `bin/prove --without` shows."
            )


def told(sample: Sample) -> str:
    """Tell in two lines what came of a removal."""
    failure = sample.evidence.failure
    if failure is None:
        return f"Without {sample.name}: no scenario failed."
    message = next((line for line in failure.told.splitlines() if "authorized" in line or "permission" in line), "")
    return f"Without {sample.name}: scenario {failure.scenario} fails. {failure.sentence}\n  {message.strip()}"
