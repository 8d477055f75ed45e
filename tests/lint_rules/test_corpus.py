"""Each fault of the corpus is found, at its path, and nothing else; good templates are left alone."""

from collections import Counter

import pytest

from tests.lint_rules.corpus import GOOD, Case, cases, changed, decoded, findings, pack

CASES = list(cases())


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_case_is_judged_right(case: Case) -> None:
    assert findings(changed(case)) == sorted(case.finds)


@pytest.mark.parametrize("name", sorted(path.name for path in GOOD.iterdir()))
def test_a_good_template_is_left_alone(name: str) -> None:
    assert findings(decoded(GOOD / name)) == []


def test_each_rule_is_seen_failing() -> None:
    seen = {rule for case in CASES for rule, _path in case.finds}
    assert seen == set(pack())


def test_names_are_given_once() -> None:
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []
