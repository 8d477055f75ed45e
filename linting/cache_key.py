"""What a verdict depends on besides the template itself."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from settings.installed import version_of
from settings.root import PROJECT_ROOT

CONFIGURATION = Path(__file__).with_name("cfnlintrc.yaml")
"""That of the project; plain cfn-lint and editors find it as ``.cfnlintrc``, a link to it."""
LINTERS = ("cfn-lint", "cloudformation-validate")
ROOMS = ("aws_facts", "system_model", "lint_rules", "linting", "buildspecs", "contracts")
"""The rooms of the rules, and of how they are run."""


def cache_key(regions: Sequence[str]) -> Iterator[bytes]:
    """Return the bytes of everything that the same template could be judged differently by."""
    yield sys.version.encode()
    yield " ".join(sorted(regions)).encode()
    for linter in LINTERS:
        yield f"{linter}=={version_of(linter)}".encode()
    yield CONFIGURATION.read_bytes()
    for file in rule_files():
        yield str(file.relative_to(PROJECT_ROOT)).encode()
        yield file.read_bytes()


def rule_files() -> list[Path]:
    """Return the files of the rules, in an order that is the same everywhere."""
    found = (file for folder in map(PROJECT_ROOT.joinpath, ROOMS) for file in folder.rglob("*"))
    return sorted(file for file in found if file.is_file() and "__pycache__" not in file.parts)
