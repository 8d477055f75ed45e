"""cfn-lint as a library: its rules loaded once, templates shared out among processes."""

import gc
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linting.late_imports import load_networkx_sparingly, load_sympy, sympy_when_used
from settings.root import PROJECT_ROOT

load_networkx_sparingly()
with sympy_when_used():
    import cfnlint.runner
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner.template.runner import run_template_by_file_path

    from linting import shortcuts

RULES = PROJECT_ROOT / "lint_rules"

CONDITIONS = b"Conditions"
"""What a template says that gives SymPy work."""

_inherited: list["CfnLint"] = []
"""What a forked process takes over as it stands: the rules can't be sent to it."""


class CfnLint:
    """cfn-lint under the configuration file ``configuration``."""

    def __init__(self, configuration: str) -> None:
        self._configuration = configuration
        shortcuts.take()
        self._rules = cfnlint.runner.Runner(self._config([configuration], [])).rules
        shortcuts.index(self._rules)

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
        if any(CONDITIONS in Path(file).read_bytes() for file in files):
            load_sympy()  # once, not in each process
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


def _lint(file: str) -> tuple[str, list[Any]]:
    return _inherited[0].lint(file)
