"""The gate that every template passes before it may be deployed: AWS's validator, then cfn-lint."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from linting import validator
from linting.conditions import conditions
from linting.linter import Linter
from linting.verdicts import FOLDER, Verdicts
from reporting.findings import Finding


def check(
    linter: Linter, folder: Path, templates: Mapping[str, bytes], regions: Sequence[str], tell: Callable[[str], None]
) -> list[Finding]:
    """Look at ``templates`` (name to bytes, each lying in ``folder``); ``tell`` is told how far it is.

    What was looked at before under the same conditions is not looked at again. Gives every finding, in order of files.
    """
    verdicts = Verdicts(FOLDER, conditions(regions))
    known = {file: verdicts.find(file, content) for file, content in templates.items()}
    fresh = {file: content for file, content in templates.items() if known[file] is None}
    found = {file: findings for file, findings in known.items() if findings is not None}
    if fresh:
        found |= _look_at(linter, folder, fresh, regions, tell)
        for file, content in fresh.items():
            verdicts.remember(file, content, found[file])
        verdicts.forget_oldest()
    return [finding for file in templates for finding in found[file]]


def _look_at(
    linter: Linter, folder: Path, templates: Mapping[str, bytes], regions: Sequence[str], tell: Callable[[str], None]
) -> dict[str, list[Finding]]:
    done: list[str] = []

    def count(file: str) -> None:
        done.append(file)
        tell(f"linting: {len(done)} of {len(templates)} templates ({file})")

    linter.start_on([folder / file for file in templates], regions)
    validated = validator.findings(templates)
    linted = linter.findings(count)
    return {file: sorted(validated[file] + linted[file]) for file in templates}
