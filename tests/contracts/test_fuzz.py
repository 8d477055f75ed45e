"""Nothing that stands in a template makes a contract raise."""

import json
import os
import random

import pytest

from contracts.check import check
from settings.root import BUILD, PROJECT_ROOT
from system_model.repository import Repository
from tests.mutations import mutated

TRIED = int(os.environ.get("FUZZ_CASES", "80")) // 4
TEMPLATES = {path.name: path.read_bytes() for path in sorted(BUILD.glob("*.json"))}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_mutated_template_ends_in_findings(name: str) -> None:
    parsed = json.loads(TEMPLATES[name])
    for seed in range(TRIED):
        odd = mutated(parsed, random.Random(f"{name} {seed}"))  # noqa: S311 - chance, not a secret
        content = json.dumps(odd, default=str, skipkeys=True).encode()
        check({**TEMPLATES, name: content}, Repository(PROJECT_ROOT))
