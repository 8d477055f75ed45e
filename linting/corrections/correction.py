"""What a correction is: a function that looks at findings of some ids, or at all."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

Corrected = Callable[[Finding, Document], Finding | None]
"""Returns the finding, a milder one, or None for a false alarm."""


@dataclass(frozen=True)
class Correction:
    """``corrected`` looks at the findings with these ``ids``, at all when there are none."""

    ids: Collection[str]
    corrected: Corrected

    def of(self, finding: Finding, document: Document) -> Finding | None:
        """Return what is left of ``finding``."""
        return finding if self.ids and finding.id not in self.ids else self.corrected(finding, document)


def about(*ids: str) -> Callable[[Corrected], Correction]:
    """Make a correction of the function below."""
    return lambda corrected: Correction(ids, corrected)


def warning(finding: Finding, sentence: str) -> Finding:
    """Return ``finding`` as a warning that says ``sentence``."""
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING, sentence=sentence)
