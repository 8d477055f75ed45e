"""Whether what must be refused is refused, by the IAM that decides on releases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proofs.analysis.evaluation import Evaluator, Verdict
from proofs.analysis.near_misses import Attempt
from proofs.analysis.report_problems import fault
from reporting.findings import Finding


@dataclass(frozen=True)
class Refusal:
    """An attempt and the verdict on it."""

    attempt: Attempt
    verdict: Verdict

    @property
    def is_as_it_should_be(self) -> bool:
        """Whether what must be refused is, and what is granted is not."""
        return self.verdict.allowed == self.attempt.fair


def tried(attempts: Sequence[Attempt], evaluator: Evaluator) -> list[Refusal]:
    """Ask about every attempt."""
    verdicts = evaluator.verdicts([attempt.question for attempt in attempts])
    return [Refusal(attempt, verdict) for attempt, verdict in zip(attempts, verdicts, strict=True)]


def faults(refusals: Sequence[Refusal]) -> Iterator[Finding]:
    """Report what is allowed and must not be, and of what is granted and yet refused."""
    for one in refusals:
        if one.is_as_it_should_be:
            continue
        attempt = one.attempt
        if attempt.fair:
            sentence = f"{attempt.what} is granted, and yet refused. {one.verdict.reason}"
            yield fault("right-without-effect", attempt.role, attempt.statement, sentence, "See what denies it.")
        else:
            sentence = f"what must be refused is allowed: {attempt.what}."
            yield fault("near-miss", attempt.role, attempt.statement, sentence, "Limit resource or condition.")
