"""The gate that every template passes before it may be deployed: AWS's validator, then cfn-lint."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from linting.corrections.correct import corrected
from linting.engines.linter import CFN_LINT, VALIDATOR, Linter
from linting.limits import GIVEN_UP, beyond
from linting.recognition.file_kinds import Kind
from linting.result_cache import FOLDER, ResultCache, cache_key
from reporting.findings import Finding

_BUILDSPEC = re.compile(rb"""BuildSpec["']?\s{0,9}:\s{0,9}["']?([\w./-]{1,200}\.ya?ml)""")
"""A buildspec that a template names by its path."""


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
    then those of ``meanwhile``, another check that runs here while the linters work in their own processes.
    """
    results = ResultCache(FOLDER, cache_key(regions))
    lasting = [file for file, content in templates.items() if not _reads_beside(folder / file, content)]
    found = {file: known for file in lasting if (known := results.find(file, templates[file])) is not None}
    fresh = {file: content for file, content in templates.items() if file not in found}
    found |= {file: [one] for file, content in fresh.items() if (one := beyond(file, Kind.TEMPLATE, content))}
    looked_at = [file for file in fresh if file not in found]
    if looked_at:
        linter.start_on(folder, looked_at, regions)
    others = meanwhile()
    if looked_at:
        found |= _look_at(linter, looked_at, templates, tell)
    for file in looked_at:
        # Another time, a linter may come to an end.
        if file in lasting and all(one.id != GIVEN_UP for one in found[file]):
            results.remember(file, fresh[file], found[file])
    results.forget_oldest()
    return [*(finding for file in templates for finding in found[file]), *others]


def _reads_beside(template: Path, content: bytes) -> bool:
    """Whether what is found depends on a buildspec beside the template, too."""
    names = (found[1].decode() for found in _BUILDSPEC.finditer(content))
    return any((template.parent / name).is_file() for name in names)


def _look_at(
    linter: Linter, files: Sequence[str], templates: Mapping[str, bytes], tell: Callable[[str], None]
) -> dict[str, list[Finding]]:
    done: list[str] = []

    def count(file: str) -> None:
        done.append(file)
        tell(f"linting: {len(done)} of {len(files)} templates ({file})")

    found = linter.findings(count)
    validated, linted = found[VALIDATOR], found[CFN_LINT]
    return {file: corrected(templates[file], linted[file], validated[file]) for file in files}
