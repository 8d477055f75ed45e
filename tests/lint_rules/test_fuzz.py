"""Nothing that stands in a template makes a rule of the pack raise. `make fuzz` tries ten thousand."""

import os
import random

import pytest

from tests.lint_rules.corpus import GOOD, decoded, findings
from tests.mutations import mutated

TRIED = int(os.environ.get("FUZZ_CASES", "200"))
"""So many mutated templates in all, shared out among the good ones."""
NAMES = sorted(path.name for path in GOOD.iterdir())


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", NAMES)
def test_a_mutated_template_ends_in_findings(name: str) -> None:
    template = decoded(GOOD / name)
    for seed in range(-(-TRIED // len(NAMES))):
        odd = mutated(template, random.Random(f"{name} {seed}"))  # noqa: S311 - chance, not a secret
        if isinstance(odd, dict):
            findings(odd)
