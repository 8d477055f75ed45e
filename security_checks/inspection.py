"""Runs all checks side by side, and holds what they found against the waivers."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from security_checks.checks import dependencies, dockerfile, licences, sast, sbom, secrets
from security_checks.results import NOT_CHECKED, Finding, Judged, NotCheckedError, Result, Seen, Status
from security_checks.source import Source
from security_checks.waivers import Waiver, Waivers

Look = Callable[[Source], Seen]
WHOLE = "."
SIDE_BY_SIDE: Sequence[Sequence[tuple[str, Look]]] = (
    ((sbom.CHECK, sbom.look), (licences.CHECK, licences.look)),
    ((dependencies.CHECK, dependencies.look),),
    ((secrets.CHECK, secrets.look),),
    ((dockerfile.CHECK, dockerfile.look),),
    ((sast.CHECK, sast.look),),
)
"""The longest first; those of one row one after another, as the licences are read from the SBOM."""
WAIVERS = "waivers"


def inspect(source: Source, waivers: Waivers) -> Sequence[Result]:
    """Run every check; the last result is about the waivers themselves."""
    with ThreadPoolExecutor(len(SIDE_BY_SIDE)) as pool:
        rows = list(pool.map(lambda row: [_result(name, look, source, waivers) for name, look in row], SIDE_BY_SIDE))
    results = [result for row in rows for result in row]
    return [*results, _of_waivers(waivers, results)]


def _result(name: str, look: Look, source: Source, waivers: Waivers) -> Result:
    began = time.monotonic()
    scope = WHOLE if name == secrets.CHECK else source.folder
    try:
        seen = look(source)
    except NotCheckedError as error:
        seen, failure = Seen("nothing"), str(error)
    except Exception as error:  # noqa: BLE001 - of one check that breaks, the others say nothing
        seen, failure = Seen("nothing"), f"the check itself failed: {type(error).__name__}: {error}"
    else:
        failure = ""
    found = [Finding(name, NOT_CHECKED, scope, f"not checked: {failure}")] if failure else seen.findings
    judged = [Judged(one, _covering(one, waivers)) for one in found]
    return Result(name, scope, _status(failure, seen, judged), seen.about, judged, time.monotonic() - began)


def _status(failure: str, seen: Seen, judged: Sequence[Judged]) -> Status:
    if failure:
        return Status.NOT_CHECKED
    if any(one.waiver is None for one in judged):
        return Status.FINDINGS
    return Status.CLEAN if seen.applies else Status.NOT_APPLICABLE


def _covering(finding: Finding, waivers: Waivers) -> Waiver | None:
    ids = (finding.id, *finding.aliases)
    return next((one for one in waivers.valid if one.covers(finding.check, ids, finding.place)), None)


def _of_waivers(waivers: Waivers, results: Sequence[Result]) -> Result:
    found = [Finding(WAIVERS, one.id, one.at, one.message) for one in waivers.faults]
    found += [
        Finding(WAIVERS, "unused", one.at, f"nothing that {one.check} found is {one.id} at {one.place}; take it out.")
        for one in _unused(waivers, results)
    ]
    number = len(waivers.valid) + len({one.at for one in waivers.faults})
    status = Status.FINDINGS if found else Status.CLEAN
    return Result(WAIVERS, WHOLE, status, f"{number} waivers", [Judged(one) for one in found])


def _unused(waivers: Waivers, results: Sequence[Result]) -> Iterator[Waiver]:
    """Yield what waived nothing, where the check has looked: of another service's folder, nobody can tell here."""
    used = {judged.waiver for result in results for judged in result.judged}
    by_check = {result.check: result for result in results}
    for one in waivers.valid:
        result = by_check.get(one.check)
        if result is None:
            continue
        in_scope = result.scope in {WHOLE, one.place} or one.place.startswith(f"{result.scope}/")
        # A check that saw nothing does not show that something is gone, nor one that sees that it always will.
        tellable = result.status is not Status.NOT_CHECKED and one.id != NOT_CHECKED
        if one not in used and in_scope and tellable:
            yield one
