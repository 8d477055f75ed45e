"""The gate that every template passes before it may be deployed: AWS's validator, then cfn-lint."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from linting import validator
from linting.conditions import conditions
from linting.linter import Linter
from linting.verdicts import FOLDER, Verdicts
from reporting.findings import Finding


def check(
    linter: Linter,
    folder: Path,
    templates: Mapping[str, bytes],
    regions: Sequence[str],
    tell: Callable[[str], None],
    meanwhile: Callable[[], Sequence[Finding]] = lambda: (),
) -> list[Finding]:
    """Look at ``templates`` (name to bytes, each lying in ``folder``); ``tell`` is told how far it is.

    What was looked at before under the same conditions is not looked at again. Gives every finding, in order of files,
    then those of ``meanwhile``, another check that runs here while cfn-lint works in its own process.
    """
    verdicts = Verdicts(FOLDER, conditions(regions))
    known = {file: verdicts.find(file, content) for file, content in templates.items()}
    fresh = {file: content for file, content in templates.items() if known[file] is None}
    found = {file: findings for file, findings in known.items() if findings is not None}
    if not fresh:
        return [*(finding for file in templates for finding in found[file]), *meanwhile()]
    linter.start_on(folder, list(fresh), regions)
    with ThreadPoolExecutor(1) as beside:  # the validator is not Python: it needs another processor, not Python's lock
        validated = beside.submit(validator.findings, fresh)
        others = meanwhile()
        found |= _look_at(linter, validated, fresh, tell)
    for file, content in fresh.items():
        verdicts.remember(file, content, found[file])
    verdicts.forget_oldest()
    return [*(finding for file in templates for finding in found[file]), *others]


def _look_at(
    linter: Linter,
    validated: "Future[dict[str, list[Finding]]]",
    templates: Mapping[str, bytes],
    tell: Callable[[str], None],
) -> dict[str, list[Finding]]:
    done: list[str] = []

    def count(file: str) -> None:
        done.append(file)
        tell(f"linting: {len(done)} of {len(templates)} templates ({file})")

    linted = linter.findings(count)
    by_validator = validated.result()
    return {file: sorted(_unsaid(by_validator[file], linted[file]) + linted[file]) for file in templates}


def _unsaid(validated: Sequence[Finding], linted: Sequence[Finding]) -> list[Finding]:
    """Give what the validator alone says: its rules have cfn-lint's numbers, and cfn-lint points more exactly."""
    said = {(one.id[1:], one.line + nearby) for one in linted for nearby in (-1, 0, 1)}
    return [one for one in validated if (one.id[1:], one.line) not in said]
