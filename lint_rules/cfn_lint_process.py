"""cfn-lint in a process of its own, so that it loads while templates are still being made.

Its argument is the configuration file. It reads one line of JSON, ``{"files": [...], "regions": [...]}``, from standard
input, and writes one line a file, ``{"file": ..., "findings": [[line, column, id, severity, message, source, place], ...]}``, as each is done.
"""

import dataclasses
import functools
import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from typing import Any

import cfnlint.context.context
import cfnlint.jsonschema._filter
import cfnlint.jsonschema.validators
import cfnlint.runner
from cfnlint.config import ConfigMixIn
from cfnlint.rules import Rules
from cfnlint.runner.template.runner import run_template_by_file_path

LARGE_ENOUGH_TO_SHARE = 2
"""From so many files on, all processors take part."""

_GARBAGE_EVERY = 500_000
"""Allocations between two collections. cfn-lint keeps nearly all that it makes, so looking for garbage at the usual
700 costs an eighth of its time and finds nothing."""


_inherited: list["_Linter"] = []
"""What a forked process takes over as it stands: the rules can't be sent to it."""


def main() -> None:
    """Load the rules, then lint the files that standard input names."""
    configuration = sys.argv[1]
    # Loading takes longer than making the templates: it is done before anybody says which they are.
    rules = cfnlint.runner.Runner(ConfigMixIn(["--config-file", configuration], templates=[configuration])).rules
    request = json.loads(sys.stdin.readline() or "{}")
    if not request:
        return
    linter = _Linter(rules, configuration, request["files"], request["regions"])
    for file, matches in linter.run():
        print(json.dumps({"file": file, "findings": matches}), flush=True)


class _Linter:
    """The files shared out among forked processes, the largest first."""

    def __init__(self, rules: Rules, configuration: str, files: list[str], regions: list[str]) -> None:
        self._files = sorted(files, key=os.path.getsize, reverse=True)
        self._config = ConfigMixIn(["--config-file", configuration], templates=self._files, regions=regions)
        self._rules = rules

    def run(self) -> Iterator[tuple[str, list[Any]]]:
        """Lint each file; gives its name and its matches in the order in which they are done."""
        processors = min(len(self._files), os.cpu_count() or 1)
        if processors < LARGE_ENOUGH_TO_SHARE:
            yield from map(self.lint, self._files)
            return
        gc.freeze()
        _inherited.append(self)
        with multiprocessing.get_context("fork").Pool(processors) as pool:
            yield from pool.imap_unordered(_lint, self._files)

    def lint(self, file: str) -> tuple[str, list[Any]]:
        """Lint one file."""
        matches = run_template_by_file_path(file, self._config, self._rules, ignore_bad_template=False)
        return file, [
            [
                match.linenumber,
                match.columnnumber,
                match.rule.id,
                match.rule.severity,
                match.message,
                match.rule.source_url,
                "/".join(str(part) for part in match.path or []),
            ]
            for match in matches
        ]


def remember_dataclass_fields() -> None:
    """Let cfn-lint ask once, not a quarter of a million times, which fields its dataclasses have.

    It copies its context at every step down a template, and each copy asks anew; the answer never changes.
    """
    remembered = functools.cache(dataclasses.fields)
    for module in (cfnlint.context.context, cfnlint.jsonschema._filter, cfnlint.jsonschema.validators):  # noqa: SLF001
        module.__dict__["fields"] = remembered


def _lint(file: str) -> tuple[str, list[Any]]:
    return _inherited[0].lint(file)


if __name__ == "__main__":
    remember_dataclass_fields()
    gc.set_threshold(_GARBAGE_EVERY, 50, 50)
    main()
