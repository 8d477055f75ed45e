"""cfn-lint as a library: its rules loaded once, templates shared out among processes."""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linting.engines.lazy_imports import load_networkx_sparingly, load_sympy, sympy_when_used
from linting.workers import Workers
from settings.root import PROJECT_ROOT

load_networkx_sparingly()
with sympy_when_used():
    import cfnlint.runner
    from cfnlint.config import ConfigMixIn
    from cfnlint.match import Match
    from cfnlint.rules._rule import CloudFormationLintRule
    from cfnlint.runner.template.runner import run_template_by_file_path

    from lint_rules.model.rule import Rule
    from lint_rules.model.wording import sentence_and_remedy
    from linting.engines import cfnlint_patches

RULES = PROJECT_ROOT / "lint_rules"

CONDITIONS = b"Conditions"
"""What a template says that gives SymPy work."""


class CfnLint:
    """cfn-lint under the configuration file ``configuration``."""

    def __init__(self, configuration: str) -> None:
        self._configuration = configuration
        cfnlint_patches.apply()
        self._rules = cfnlint.runner.Runner(self._config([configuration], [])).rules
        cfnlint_patches.index(self._rules)
        # It prints the names of nested templates that it looks for and that a deployment makes.
        logging.getLogger("cfnlint.decode.decode").disabled = True

    def rule(self, identifier: str) -> CloudFormationLintRule | None:
        """Return the rule with that id; None where there is none."""
        return next((rule for rule in self._rules.values() if rule.id == identifier), None)

    def workers(self, files: list[str], regions: list[str]) -> Workers:
        """Return processes at work on ``files``, the largest first, each of which takes the rules over as they are.

        The answer to a file is its rows, as ``lint`` gives them.
        """
        self.prepare(files, regions)
        gc.freeze()
        workers = Workers(self.lint, os.cpu_count() or 1)
        workers.give(sorted(files, key=os.path.getsize, reverse=True))
        return workers

    def prepare(self, files: list[str], regions: list[str]) -> None:
        """Load what all of ``files`` have in common."""
        self._shared = self._config(files, regions)
        if any(CONDITIONS in Path(file).read_bytes() for file in files):
            load_sympy()

    def lint(self, file: str) -> list[dict[str, Any]]:
        """Lint one of the files; a row has the members of a ``Finding`` without its file."""
        matches = list(self._matches(file))
        repeated = [one for one in matches if one.message.startswith(cfnlint_patches.REPEATED)]
        if repeated:
            with cfnlint_patches.taken():
                matches = [*repeated, *self._matches(file)]
        return [_row(match) for match in matches]

    def _matches(self, file: str) -> Iterator[Match]:
        yield from run_template_by_file_path(file, self._shared, self._rules, ignore_bad_template=False)

    def _config(self, files: list[str], regions: list[str]) -> ConfigMixIn:
        chosen: dict[str, Any] = {"regions": regions} if regions else {}
        # The configuration names the rules from the project's folder; this may be another one.
        words = ["--config-file", self._configuration, "--append-rules", str(RULES)]
        return ConfigMixIn(words, templates=files, **chosen)


def _row(match: Match) -> dict[str, Any]:
    sentence, remedy = match.message, ""
    if isinstance(match.rule, Rule):
        sentence, remedy = sentence_and_remedy(match.message)
    return {
        "line": match.linenumber,
        "column": match.columnnumber,
        "id": match.rule.id,
        "severity": match.rule.severity,
        "sentence": sentence,
        "remedy": remedy,
        "place": "/".join(str(part) for part in getattr(match, "path", None) or []),
        "title": match.rule.shortdesc,
        "source": match.rule.source_url,
    }
