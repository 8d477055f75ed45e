"""cfn-lint as a library: its rules loaded once, templates shared out among processes."""

import dataclasses
import functools
import gc
import multiprocessing
import os
from collections.abc import Iterator
from typing import Any

import cfnlint.context.context
import cfnlint.jsonschema._filter
import cfnlint.jsonschema.validators
import cfnlint.runner
from cfnlint.config import ConfigMixIn
from cfnlint.runner.template.runner import run_template_by_file_path

from settings.root import PROJECT_ROOT

RULES = PROJECT_ROOT / "lint_rules"

_inherited: list["CfnLint"] = []
"""What a forked process takes over as it stands: the rules can't be sent to it."""


class CfnLint:
    """cfn-lint under the configuration file ``configuration``."""

    def __init__(self, configuration: str) -> None:
        self._configuration = configuration
        self._rules = cfnlint.runner.Runner(self._config([configuration], [])).rules

    def run(self, files: list[str], regions: list[str]) -> Iterator[tuple[str, list[Any]]]:
        """Lint ``files``, the largest first; gives name and matches of each as it is done.

        A match is ``[line, column, id, severity, message, source, place]``.
        """
        files = sorted(files, key=os.path.getsize, reverse=True)
        self._shared = self._config(files, regions)
        processes = min(len(files), os.cpu_count() or 1)
        if processes == 1:
            yield from map(self.lint, files)
            return
        gc.freeze()
        _inherited.append(self)
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            yield from pool.imap_unordered(_lint, files)

    def lint(self, file: str) -> tuple[str, list[Any]]:
        """Lint one of the files of a run."""
        try:
            matches = list(run_template_by_file_path(file, self._shared, self._rules, ignore_bad_template=False))
        except Exception as error:  # noqa: BLE001 - whatever a strange template makes of cfn-lint, it is a finding
            return file, [[1, 1, "E0002", "error", f"cfn-lint can't read it ({error!r}).", "", ""]]
        return file, [
            [
                match.linenumber,
                match.columnnumber,
                match.rule.id,
                match.rule.severity,
                match.message,
                match.rule.source_url,
                "/".join(str(part) for part in getattr(match, "path", None) or []),
            ]
            for match in matches
        ]

    def _config(self, files: list[str], regions: list[str]) -> ConfigMixIn:
        chosen: dict[str, Any] = {"regions": regions} if regions else {}
        # The configuration names the rules from the project's folder; this may be another one.
        words = ["--config-file", self._configuration, "--append-rules", str(RULES)]
        return ConfigMixIn(words, templates=files, **chosen)


def remember_dataclass_fields() -> None:
    """Let cfn-lint ask once, not a quarter of a million times, which fields its dataclasses have.

    It copies its context at every step down a template, and each copy asks anew; the answer never changes.
    """
    remembered = functools.cache(dataclasses.fields)
    for module in (cfnlint.context.context, cfnlint.jsonschema._filter, cfnlint.jsonschema.validators):  # noqa: SLF001
        module.__dict__["fields"] = remembered


def _lint(file: str) -> tuple[str, list[Any]]:
    return _inherited[0].lint(file)
