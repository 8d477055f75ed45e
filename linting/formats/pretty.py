"""For people: the findings of each file together, under its name."""

from collections.abc import Sequence
from itertools import groupby

from reporting.findings import Finding, Severity
from reporting.terminal import styled
from reporting.text import printable

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFORMATIONAL: "blue"}


def render(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    """Return the text; empty when there is nothing to say. ``looked_at`` names every file, in order."""
    order = {file: number for number, file in enumerate(looked_at)}
    ordered = sorted(findings, key=lambda one: (order.get(one.file, len(order)), one.file, one.line, one.column))
    blocks = [_block(file, list(group)) for file, group in groupby(ordered, key=lambda one: one.file)]
    if not blocks:
        return ""
    return printable("\n\n".join([*blocks, _summary(findings, looked_at)]) + "\n")


def _block(file: str, findings: Sequence[Finding]) -> str:
    return "\n".join([styled(file, "bold"), *(_row(one) for one in findings)])


def _row(finding: Finding) -> str:
    position = f"{finding.line}:{finding.column}" if finding.line else ""
    rule = styled(f"{finding.id:<6}", _STYLES[finding.severity])
    about = ": ".join(filter(None, (finding.title, finding.source)))
    below = [finding.remedy, *(styled(one, "grey") for one in (finding.place, about) if one)]
    return "".join([f"  {position:>7}  {rule} {finding.sentence}", *(f"\n{'':18}{one}" for one in below if one)])


def _summary(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    counts = [(sum(one.severity is kind for one in findings), kind.value) for kind in Severity]
    told = ", ".join(f"{count} {name}{_plural(count, name)}" for count, name in counts if count)
    files = len({one.file for one in findings})
    return f"{told} in {files} of {max(len(looked_at), files)} file{'' if len(looked_at) == 1 else 's'}."


def _plural(count: int, name: str) -> str:
    return "" if count == 1 or name == Severity.INFORMATIONAL.value else "s"
