"""Each fault of the corpus is found, at its path, and nothing else; good templates are left alone."""

from collections import Counter

import pytest

from tests.lint_rules.corpus import GOOD, Case, cases, changed, decoded, findings, pack

CASES = list(cases())
RIGHTS = ("E9603", "W9614")


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_case_is_judged_right(case: Case) -> None:
    found = findings(changed(case))
    if not case.template.startswith("rights_"):  # a statement that another rule is about is often a right, too
        found = [one for one in found if one[0] not in RIGHTS]
    assert found == sorted(case.finds)


@pytest.mark.parametrize("name", sorted(path.name for path in GOOD.iterdir()))
def test_a_good_template_is_left_alone(name: str) -> None:
    assert findings(decoded(GOOD / name)) == []


def test_each_rule_is_seen_failing() -> None:
    seen = {rule for case in CASES for rule, _path in case.finds}
    assert seen == set(pack())


def test_each_rule_has_three_cases_of_its_own() -> None:
    own = Counter(rule for case in CASES for rule in {*(rule for rule, _path in case.finds), *case.near})
    assert {rule: own[rule] for rule in pack() if own[rule] < 3} == {}


def test_names_are_given_once() -> None:
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []
